# Ratios of two totals: income per hour. A row that lacks either is left out of both (na.rm = TRUE).
source("tests/golden/common.R")

simple <- list(list(character()), list(character(), "sex"), list(c("sex", "age_group")))
records <- list()
for (name in names(designs())) {
  d <- designs()[[name]]
  clustered <- d$spec$data == "clustered.csv"
  breakdowns <- if (clustered) c(simple, list(list("region"), list("sector"))) else simple
  for (y in list(c("income", "hours"), if (clustered) c("income_missing", "hours"))) if (length(y))
    for (by in breakdowns) records <- c(records, list(record("ratios", name, d, "ratio", y, by)))
}
write_golden("ratios.R", records)
