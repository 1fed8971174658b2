# Supplied replicate weights: estimates, standard errors, design effects, degrees of freedom and covariances, by domain.
# Each domain is R's subset() of the replicate design, so its degrees of freedom are the rank of its own replicate weights less one.
source("tests/golden/common.R")

frame <- read_data("replicates.csv")
replicate_design <- function(name, prefix, type, method = tolower(type), ours = list(), ...) {
  design <- suppressWarnings(svrepdesign(data = frame, weights = ~weight, repweights = paste0("^", prefix, "[0-9]+$"), type = type, ...))
  list(name = name, design = design,
       spec = c(list(data = "replicates.csv", weight = "weight", replicates = paste0(prefix, "*"), method = method), ours))
}
replicate_designs <- list(
  replicate_design("brr", "brr", "BRR"),
  replicate_design("brr-mse", "brr", "BRR", ours = list(mse = TRUE), mse = TRUE),
  replicate_design("fay", "fay", "Fay", ours = list(rho = .3), rho = .3),
  replicate_design("jk1", "jk1_", "JK1"),
  replicate_design("jkn", "jkn", "JKn", ours = list(rscales = rep(.5, 16)), rscales = rep(.5, 16)),
  replicate_design("jkn-strata", "jkn", "JKn", ours = list(strata = "stratum"), rscales = rep(.5, 16)),
  replicate_design("jk2", "jk2_", "JK2"),
  replicate_design("bootstrap", "boot", "bootstrap"),
  replicate_design("bootstrap-df", "boot", "bootstrap", ours = list(df = 8), degf = 8),
  replicate_design("sdr", "sdr", "successive-difference", method = "successive_difference"),
  replicate_design("other", "boot", "other", ours = list(scale = .02, rscales = 2, mse = TRUE), scale = .02, rscales = rep(2, 25), mse = TRUE)
)
call_of <- function(verb, y, part, deff)
  suppressWarnings(switch(verb,
    mean = svymean(reformulate(y), part, na.rm = TRUE, deff = deff, return.replicates = TRUE),
    total = svytotal(reformulate(y), part, na.rm = TRUE, deff = deff, return.replicates = TRUE),
    ratio = svyratio(reformulate(y[1]), reformulate(y[2]), part, na.rm = TRUE, return.replicates = TRUE)))

replicate_record <- function(d, verb, y, by) {
  parts <- cells(frame, by)
  measured <- lapply(parts, function(p) {
    part <- d$design[p$rows, ]
    found <- call_of(verb, y, part, FALSE)
    numbers <- list(estimate = as.vector(coef(found)), se = as.vector(SE(found)), n = sum(p$rows), population = sum(frame$weight[p$rows]),
                    df = if (is.null(d$spec$df)) degf(part) else d$spec$df)
    if (verb != "ratio") {
      numbers$deff <- as.vector(attr(call_of(verb, y, part, TRUE), "deff"))
      numbers$deff_replace <- as.vector(attr(call_of(verb, y, part, "replace"), "deff"))
    }
    list(numbers = numbers, theta = as.vector(found$replicates))
  })
  v <- if (identical(by, list("area"))) matrix(0) else svrVar(sapply(measured, `[[`, "theta"), d$design$scale, d$design$rscales, mse = d$design$mse,
              coef = sapply(measured, function(m) m$numbers$estimate))
  v <- unname(matrix(v, nrow(v)))
  scale <- sqrt(diag(v))
  v[abs(v) < 1e-14 * outer(scale, scale)] <- 0
  rows <- Map(function(p, m) c(list(key = p$key), m$numbers, limits(m$numbers, verb == "total" && y == "award")), parts, measured)
  list(group = "replicates", id = paste("replicates", d$name, verb, paste(y, collapse = "/"), by_label(by), sep = "-"), kind = "replicates",
       design = d$spec, verb = verb, y = I(y), by = lapply(by, I), rows = rows, covariance = lower_triangle(v))
}

records <- list()
for (d in replicate_designs) for (by in list(list(character(), "sex"), list("region"), list(c("sex", "region")))) {
  calls <- list(list("mean", "income"), list("total", "award"), list("ratio", c("income", "hours")))
  records <- c(records, lapply(calls, function(v) replicate_record(d, v[[1]], v[[2]], by)))
}
# Area 9 is one PSU: the replicate that drops it has no estimate, and R leaves that replicate out.
alone <- lapply(replicate_designs[4], function(d) replicate_record(d, "mean", "income", list("area")))
records <- c(records, lapply(alone, function(r) r[names(r) != "covariance"]))
write_golden("replicates.R", records)
