# Strata "c" and "f" have one PSU each: the four rules, for mean, total and ratio.
# A domain's `se` is that of the whole sample's strata (the diagonal of svyby(covmat = TRUE), or drop = FALSE).
# Where no person of the domain lives in a lonely stratum, R's own svyby SE differs under "adjust" (totals) and
# "average": subset() drops the stratum and with it its share of the rule. `se_subset` keeps that number.
source("tests/golden/common.R")

whole_sample <- function(r) {
  variances <- sapply(r$covariance, function(v) v[length(v)])
  r$rows <- Map(function(row, v) {
    row[c("ci_low", "ci_high")] <- NULL
    share <- v / row$se^2
    if (abs(share - 1) < 1e-12) return(row)
    row[c("deff", "deff_replace")] <- lapply(row[c("deff", "deff_replace")], `*`, share)   # same SRS variance below
    row[c("se", "se_subset")] <- list(sqrt(v), row$se)
    row
  }, r$rows, variances)
  r
}

records <- list()
for (rule in c("certainty", "remove", "adjust", "average")) for (fpc in list(NULL, "fpc")) {
  options(survey.lonely.psu = rule)
  d <- make_design("lonely.csv", psu = "psu", fpc = fpc, single_psu = rule)
  name <- paste(c("lonely", fpc, rule), collapse = "-")
  for (by in list(list(character()), list(character(), "sex"), list("region"))) records <- c(records, lapply(
    list(list("mean", "award"), list("mean", "income"), list("total", "award"), list("total", "income"), list("ratio", c("income", "hours"))),
    function(v) whole_sample(record("lonely", name, d, v[[1]], v[[2]], by))))
}

# "fail" stops and names the stratum; strata that are certain by their FPC (N_h = 1) pass it.
options(survey.lonely.psu = "fail")
stopifnot(inherits(try(svymean(~income, make_design("lonely.csv", psu = "psu")$design), silent = TRUE), "try-error"))
d <- make_design("lonely.csv", psu = "psu", fpc = "fpc_certain")
records <- c(records, lapply(list("award", "income"), function(y) record("lonely", "lonely-certain-fail", d, "mean", y, list(character(), "sex"))))
records <- c(records, list(list(group = "lonely", id = "lonely-fail-error", verb = "error", y = I("income"), by = list(),
  design = make_design("lonely.csv", psu = "psu")$spec, names = I(c("c", "f")))))
write_golden("lonely.R", records)
