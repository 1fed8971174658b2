# Totals: of a 0/1 variable (interval on the log scale) and of a numeric one (Wald).
source("tests/golden/common.R")

simple <- list(list(character()), list(character(), "sex"), list(c("sex", "age_group")))
records <- list()
for (name in names(designs())) {
  d <- designs()[[name]]
  clustered <- d$spec$data == "clustered.csv"
  breakdowns <- if (clustered) c(simple, list(list("region"), list("sector"))) else simple
  variables <- c("award", "income", if (clustered) c("award_missing", "income_missing"))
  for (y in variables) for (by in breakdowns)
    records <- c(records, list(record("totals", name, d, "total", y, by, log_scale = startsWith(y, "award"))))
}
write_golden("totals.R", records)
