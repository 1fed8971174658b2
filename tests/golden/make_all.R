# Makes every golden JSON again: from the repository root, `Rscript tests/golden/make_all.R`.
# tests/golden/<script>.R writes tests/golden/<script>.json. Commit both; the tests only read the JSON.
scripts <- setdiff(list.files("tests/golden", "[.]R$"), c("common.R", "make_all.R"))
for (script in scripts) source(file.path("tests/golden", script), local = new.env())
