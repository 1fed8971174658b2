# Quantiles with Woodruff's interval: svyquantile(interval.type = "mean", qrule = "math"), overall and by domains. Hours have 131
# values, many of them tied; `band` has few, so that a limit often falls on the value itself.
# Clustered designs with and without FPC, persons drawn directly; replicate weights: the JKn of the clustered design.
# The numbers stand under `quantiles`: test_quantiles.py reads them.
source("tests/golden/common.R")
shares <- c(0.1, 0.25, 0.5, 0.75, 0.95)

quantiles_of <- function(design, frame, y, by) {
  rows <- lapply(cells(frame, by), function(p) {
    kept <- p$rows & !is.na(frame[[y]])
    part <- design[kept, ]
    q <- svyquantile(reformulate(y), part, shares, interval.type = "mean", qrule = "math", ci = TRUE)[[y]]
    lapply(seq_along(shares), function(i) list(key = p$key, quantile = shares[i], estimate = q[i, 1], ci_low = q[i, 2],
      ci_high = q[i, 3], se = q[i, 4], df = degf(part), n = sum(kept & frame$weight > 0)))
  })
  do.call(c, rows)
}

one <- function(name, spec, design, frame, y, by) list(group = "quantiles", id = paste("quantile", name, y, by_label(by), sep = "-"),
  design = spec, y = y, by = lapply(by, I), q = shares, quantiles = quantiles_of(design, frame, y, by))

records <- list()
for (name in c("clustered-fpc", "clustered", "reused-fpc", "srs-fpc")) {
  d <- designs()[[name]]
  frame <- transform(d$frame, band = 10 * floor(hours / 10))
  design <- update(d$design, band = frame$band)
  clustered <- d$spec$data == "clustered.csv"
  for (y in c("hours", "band")) for (by in c(list(list(character(), "sex")), if (clustered) list(list("sector"))))
    records <- c(records, list(one(name, d$spec, design, frame, y, by)))
}
d <- designs()[["clustered"]]
replicated <- as.svrepdesign(d$design, type = "JKn")
records <- c(records, list(one("clustered-jkn", d$spec, replicated, d$frame, "hours", list(character(), "sex"))))
write_golden("quantiles.R", records)
