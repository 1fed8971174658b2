# Post-stratification, raking and linear calibration: weights, and estimates with their covariance, by Taylor and by jackknife.
# Persons with a weight of 0 are left out here (R's residuals of them are 0/0); the sampled PSUs are the same without them.
source("tests/golden/common.R")

# ---- Designs -------------------------------------------------------------------------------------------------
make <- function(data, ids, fpc = NULL, nest = FALSE) {
  frame <- read_data(data)
  there <- frame[frame$weight > 0, ]
  if (length(ids)) stopifnot(nrow(unique(there[c("stratum", ids[1])])) == nrow(unique(frame[c("stratum", ids[1])])))
  design <- svydesign(ids = if (length(ids)) reformulate(ids) else ~1, strata = ~stratum, data = there, weights = ~weight, nest = nest,
                      fpc = if (is.null(fpc)) NULL else reformulate(fpc))
  list(spec = list(data = data, weight = "weight", strata = "stratum", psu = if (length(ids)) I(ids), fpc = if (is.null(fpc)) NULL else I(fpc), nest = nest),
       design = design, frame = there)
}
taylor <- list(
  "clustered-fpc" = make("clustered.csv", "psu", "fpc"), "clustered" = make("clustered.csv", "psu"),
  "srs-fpc" = make("srs.csv", NULL, "fpc"), "small" = make("calibration.csv", "psu"),
  "two-stage" = make("calibration.csv", c("psu", "dwelling"), c("fpc", "fpc2"), nest = TRUE)
)
jackknife <- taylor["small"]
jackknife$small$design <- as.svrepdesign(taylor$small$design, type = "JKn")

# ---- Benchmarks: not far from the sample, of one total, exact in a double --------------------------------------
benchmarks_of <- function(frame, margins, total = 2^17) lapply(margins, function(columns) {
  sums <- aggregate(frame["weight"], frame[columns], sum)
  tilt <- rep_len(c(1.12, 0.85, 1.25, 0.95, 0.8, 1.07), nrow(sums))
  share <- round(2^13 * sums$weight * tilt / sum(sums$weight * tilt))
  share[1] <- 2^13 - sum(share[-1])
  setNames(data.frame(sums[columns], share * total / 2^13), c(columns, "Freq"))
})

calibrated <- function(d, method, margins) {
  population <- benchmarks_of(d$frame, margins)
  formulas <- lapply(margins, reformulate)
  exact_rake <- list(maxit = 500, epsilon = 1e-16)
  design <- switch(method,
    poststratify = postStratify(d$design, formulas[[1]], population[[1]]),
    rake = rake(d$design, formulas, population, control = exact_rake),
    greg = calibrate(d$design, crossed(margins), totals(d$frame, margins, population), calfun = "linear"),
    weighted = calibrate(d$design, crossed(margins), totals(d$frame, margins, population), calfun = "raking", epsilon = 1e-14, maxit = 200))
  list(design = design, population = population)
}
# R wants the totals of a model matrix: factors with their first category left out, crossed margins as one factor.
crossed <- function(margins) reformulate(sapply(margins, function(m) sprintf("interaction(%s, sep = '/')", paste(m, collapse = ", "))))
totals <- function(frame, margins, population) {
  columns <- Map(function(m, p) {
    key <- do.call(interaction, c(unname(frame[m]), sep = "/"))
    of <- p$Freq[match(levels(key), do.call(paste, c(p[m], sep = "/")))]
    of[-1]
  }, margins, population)
  names <- colnames(model.matrix(crossed(margins), frame))
  setNames(c(sum(population[[1]]$Freq), unlist(columns)), names)
}

# ---- Estimates -------------------------------------------------------------------------------------------------
one <- function(d, design, rows, verb, y) {
  part <- subset(design, rows)
  r <- switch(verb,
    mean = svymean(reformulate(y), part, na.rm = TRUE, deff = TRUE), total = svytotal(reformulate(y), part, na.rm = TRUE, deff = TRUE),
    ratio = svyratio(reformulate(y[1]), reformulate(y[2]), part, na.rm = TRUE))
  counted <- rows & complete.cases(d$frame[y])
  w <- weights(design, "sampling")[counted]
  found <- list(estimate = as.vector(coef(r)), se = as.vector(SE(r)), n = sum(counted), population = sum(w))
  if (verb != "ratio" && !inherits(design, "svyrep.design")) found$deff <- as.vector(deff(r))
  if (!inherits(design, "svyrep.design")) found$df <- degf(subset(design, counted))
  found
}

influence_of <- function(d, design, rows, verb, y) {   # of every person of the sample; the rest are 0
  counted <- rows & complete.cases(d$frame[y])
  w <- weights(design, "sampling") * counted
  v <- function(name) ifelse(counted, d$frame[[name]], 0)
  if (verb == "total") return(w * v(y))
  x <- if (verb == "mean") counted * 1 else v(y[2])
  ratio <- sum(w * v(y[1])) / sum(w * x)
  w * (v(y[1]) - ratio * x) / sum(w * x)
}

record_of <- function(name, d, method, margins, verb, y, by, group = "calibration") {
  made <- calibrated(d, method, margins)
  parts <- cells(d$frame, by)
  numbers <- lapply(parts, function(p) c(list(key = p$key), one(d, made$design, p$rows, verb, y)))
  benchmarks <- do.call(c, Map(function(m, p) lapply(seq_len(nrow(p)), function(i)
    list(margin = paste(m, collapse = " × "), category = paste(sapply(p[i, m], as.character), collapse = " × "), population = p$Freq[i])),
    margins, made$population))
  out <- list(group = group, id = paste(name, method, paste(sapply(margins, paste, collapse = "*"), collapse = "+"), verb,
                                        paste(y, collapse = "/"), by_label(by), sep = "-"),
              design = d$spec, method = method, benchmarks = benchmarks, verb = verb, y = I(y), by = lapply(by, I), numbers = numbers)
  if (!inherits(d$design, "svyrep.design")) {
    influences <- sapply(parts, function(p) influence_of(d, made$design, p$rows, verb, y))
    v <- svyrecvar(influences, made$design$cluster, made$design$strata, made$design$fpc, postStrata = made$design$postStrata)
    stopifnot(isTRUE(all.equal(sqrt(diag(v)), sapply(numbers, `[[`, "se"), tolerance = 1e-10)))
    out$covariance <- lower_triangle(unname(v))
    if (method == "rake") {                             # the same weights, with the variance of generalized raking
      g <- calibrated(d, "weighted", margins)$design
      w <- svyrecvar(influences, g$cluster, g$strata, g$fpc, postStrata = g$postStrata)
      out$se_weighted <- I(sqrt(diag(w)))
    }
  }
  keys <- unique(unlist(margins))
  g <- weights(made$design, "sampling") / weights(d$design, "sampling")
  first <- !duplicated(d$frame[keys])
  out$g <- lapply(which(first), function(i) list(key = lapply(d$frame[i, keys, drop = FALSE], as.character), g = g[i]))
  out
}

# ---- What is recorded ------------------------------------------------------------------------------------------
margins_of <- list(poststratify = list(list("sex"), list(c("sex", "age_group"))), rake = list(list("sex", "age_group")),
                   greg = list(list("sex", "age_group")))
records <- list()
for (name in names(taylor)) {
  d <- taylor[[name]]
  by <- c(list(character(), "sex", c("sex", "age_group")), if ("region" %in% names(d$frame)) "region")
  calls <- list(list("mean", "award"), list("total", "award"), list("ratio", c("income", "hours")))
  if ("income_missing" %in% names(d$frame)) calls <- c(calls, list(list("mean", "income_missing")))
  for (method in names(margins_of)) for (margins in margins_of[[method]])
    for (call in if (name == "clustered") calls[1] else calls)
      records <- c(records, list(record_of(name, d, method, margins, call[[1]], call[[2]], by)))
}
# Three margins, one of them crossed, and margins that overlap (redundant categories).
many <- list("age_group", c("region", "sex"))
for (name in c("small", "two-stage")) for (method in c("rake", "greg"))
  records <- c(records, list(record_of(name, taylor[[name]], method, many, "mean", "income", list(character(), "region", "age_group"))))
for (method in names(margins_of)) for (call in list(list("total", "award"), list("ratio", c("income", "hours"))))
  records <- c(records, list(record_of("jackknife", jackknife$small, method, margins_of[[method]][[1]], call[[1]], call[[2]],
                                       list(character(), "region"), "calibration-jackknife")))

write_golden("calibration.R", records)
