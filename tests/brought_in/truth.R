# What R's survey package makes of the truth of the three surveys. From the repository's root, after
# `(cd tests && python -m brought_in.truth FOLDER)`: `Rscript tests/brought_in/truth.R FOLDER`. Writes tests/brought_in/truth.json.
source("tests/golden/common.R")   # survey, jsonlite, exact(), sha256()

folder <- commandArgs(trailingOnly = TRUE)[1]
lonely <- c(quirama = "adjust", tamaria = "fail", lerova = "fail")   # as the notes on the design say
populations <- list(quirama = list(adults = "adults"), tamaria = list(adults = "adults"),
                    lerova = list(adults = "adults", children = "children", everybody = c("adults", "children")))

# Domains are 0/1 columns on the whole sample, so that every stratum and PSU stays in it.
cell <- function(frame, design, inside, rule) {
  d <- update(design, x = as.numeric(inside), y = as.numeric(inside & frame$outcome == "yes"),
              open = as.numeric(inside & frame$outcome != "no"), known = as.numeric(inside & frame$outcome != "unresolved"))
  rate <- svyratio(~y, ~x, d); resolved <- svyratio(~y, ~known, d); bound <- svyratio(~open, ~x, d); total <- svytotal(~y, d)
  if (rule == "fail") {                       # without a lonely PSU subset() says the same
    part <- svymean(~y, subset(d, x == 1))
    stopifnot(isTRUE(all.equal(c(coef(part), SE(part)), c(coef(rate), SE(rate)), tolerance = 1e-12, check.attributes = FALSE)))
  }
  number <- function(f, of) as.vector(f(of))
  list(n = sum(inside), cases = sum(inside & frame$outcome == "yes"), unresolved = sum(inside & frame$outcome == "unresolved"),
       population = sum(frame$weight[inside]), estimate = number(coef, rate), se = number(SE, rate),
       total = number(coef, total), total_se = number(SE, total), resolved_only = number(coef, resolved),
       bound_high = number(coef, bound), bound_high_se = number(SE, bound), df = degf(subset(d, x == 1)))
}

one_survey <- function(name) {
  options(survey.lonely.psu = lonely[[name]])
  file <- file.path(folder, paste0(name, ".csv"))
  frame <- read.csv(file, colClasses = c(stratum = "character", psu = "character"))
  frame$h <- factor(frame$stratum)            # with character strata R 4.4-2 gives an infinite SE under "adjust"
  design <- svydesign(ids = ~psu, strata = ~h, weights = ~weight, data = frame, nest = TRUE)
  rows <- list()
  for (population in names(populations[[name]])) for (by in c("total", "sex", "age_group")) {
    asked <- frame$asked == 1 & frame$population %in% populations[[name]][[population]]
    values <- if (by == "total") "total" else sort(unique(frame[[by]][asked]), method = "radix")
    for (value in values) {
      inside <- if (by == "total") asked else asked & frame[[by]] == value
      stopifnot(length(inside) == nrow(frame), any(inside))
      rows[[length(rows) + 1]] <- c(list(population_of = population, by = by, value = value), cell(frame, design, inside, lonely[[name]]))
    }
  }
  names(rows) <- NULL
  list(csv_sha256 = sha256(file), single_psu = lonely[[name]], rows = rows)
}

line <- function(x) gsub('"#([^"#]*)#"', "\\1", toJSON(exact(x), auto_unbox = TRUE))
surveys <- sapply(names(populations), function(name) {
  s <- one_survey(name)
  sprintf('"%s": {"csv_sha256": "%s", "single_psu": "%s", "rows": [\n%s\n]}', name, s$csv_sha256, s$single_psu,
          paste(sapply(s$rows, line), collapse = ",\n"))
})
text <- sprintf('{"script_sha256": "%s", "R": "%s", "survey": "%s", "surveys": {\n%s\n}}', sha256("tests/brought_in/truth.R"),
                paste(R.version$major, R.version$minor, sep = "."), packageVersion("survey"), paste(surveys, collapse = ",\n"))
stopifnot(validate(text))
writeLines(text, "tests/brought_in/truth.json")
