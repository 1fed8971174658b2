# R's own example data (survey's `api`) for the models: two stages with both FPCs, and JK1 replicate weights.
# From the repository root: Rscript tests/golden/data/make_risk.R
suppressPackageStartupMessages(library(survey))
data(api)
save_csv <- function(frame, name) write.csv(frame, file.path("tests/golden/data", name), row.names = FALSE, quote = FALSE, na = "")
columns <- function(d) data.frame(dnum = d$dnum, snum = d$snum, award = 1 * (d$awards == "Yes"), wide = 1 * (d$sch.wide == "Yes"),
                                  stype = as.character(d$stype), ell = d$ell, meals = d$meals)
save_csv(cbind(columns(apiclus2), weight = apiclus2$pw, fpc1 = apiclus2$fpc1, fpc2 = apiclus2$fpc2), "risk_two_stage.csv")
jk1 <- as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, data = apiclus1), type = "JK1")
replicates <- as.data.frame(weights(jk1, "analysis"))
names(replicates) <- paste0("rw", seq_along(replicates))
save_csv(cbind(columns(apiclus1), weight = apiclus1$pw, signif(replicates, 15)), "risk_jk1.csv")
