# Contrasts, and change between two rounds: svyby and svycontrast on the stacked data. Round 1 is clustered.csv, round 2 has the same
# strata and PSU labels. Shared PSUs: one design on both rounds. Independent: strata and PSUs of their own in each round.
# The numbers stand under `numbers`, not `rows`: test_estimates.py and test_change_between_rounds.py read them.
source("tests/golden/common.R")

# ---- Contrasts on one sample -------------------------------------------------------------------------------
d <- make_design("clustered.csv", psu = "psu", fpc = "fpc")
by_region <- svyby(~award, ~region, d$design, svymean, covmat = TRUE)
linear <- list(gap = c(1, -1, 0, 0, 0), mixed = c(.5, .25, .25, -1, 0), one = c(0, 0, 0, 1, 0))
smooth <- list(ratio = quote(`1` / `2`), log_ratio = quote(log(`3` / `4`)), odds = quote(log(`1` / (1 - `1`)) - log(`2` / (1 - `2`))),
               other = quote(sqrt(`1` * `2`) + exp(-`3`) * `4`^2 - `5` / (1 + `1`)))
contrasts <- function(name, wanted) {
  r <- svycontrast(by_region, wanted)
  list(group = "change", id = paste("contrast", name, sep = "-"), design = d$spec,
       numbers = list(estimate = I(unname(coef(r))), covariance = lower_triangle(unname(vcov(r)))))
}

# ---- Two rounds ----------------------------------------------------------------------------------------------
files <- c("clustered.csv", "round2.csv")
rounds <- do.call(rbind, Map(function(file, r) {
  frame <- read_data(file)[c("stratum", "psu", "weight", "fpc", "sex", "award", "income")]
  data.frame(frame, round = r)
}, files, 1:2))
stacked <- function(shared, fpc) {
  own <- if (shared) 0 else rounds$round
  frame <- data.frame(rounds, h = factor(paste(own, rounds$stratum)), i = factor(paste(own, rounds$psu)))
  svydesign(ids = ~i, strata = ~h, data = frame, weights = ~weight, fpc = if (fpc) ~fpc else NULL)
}
satterthwaite <- function(v, df) sum(v)^2 / sum(v^2 / df)

# y of both rounds, of each sex and of everybody: estimates, their covariance, and the change with its interval.
change_of <- function(shared, fpc, verb) {
  design <- stacked(shared, fpc)
  fun <- if (verb == "total") svytotal else svymean
  y <- if (verb == "mean") ~income else ~award
  by <- svyby(y, ~round, design, fun, covmat = TRUE)
  by_sex <- svyby(y, ~sex + round, design, fun, covmat = TRUE)            # 1.1, 2.1, 1.2, 2.2
  everybody <- svycontrast(by, c(-1, 1))
  sexes <- svycontrast(by_sex, list(c(-1, 0, 1, 0), c(0, -1, 0, 1)))
  log_ratio <- svycontrast(by, quote(log(`2` / `1`)))
  df <- sapply(1:2, function(r) degf(subset(design, round == r & weight > 0)))
  df <- satterthwaite(SE(by)^2, df)
  if (shared) df <- min(df, max(sapply(1:2, function(r) degf(subset(design, round == r & weight > 0)))))
  t <- qt(.975, df) * c(-1, 1)
  list(group = "change", id = paste("change", if (shared) "shared" else "independent", if (fpc) "fpc" else "wr", verb, sep = "-"),
       design = list(data = I(files)), shared = shared, fpc = fpc, verb = verb, y = as.character(y)[2],
       numbers = list(
         estimate = I(unname(coef(by))), covariance = lower_triangle(unname(vcov(by))), covariance_sex = lower_triangle(unname(vcov(by_sex))),
         change = I(c(unname(coef(everybody)), unname(coef(sexes)))), se = I(c(as.vector(SE(everybody)), unname(sqrt(diag(vcov(sexes)))))),
         df = df, ci = I(coef(everybody)[[1]] + t * as.vector(SE(everybody))),
         ratio = exp(coef(log_ratio)[[1]]), ratio_ci = I(exp(coef(log_ratio)[[1]] + t * as.vector(SE(log_ratio))))
       ))
}

cases <- expand.grid(shared = c(TRUE, FALSE), fpc = c(TRUE, FALSE), verb = c("prevalence", "total", "mean"), stringsAsFactors = FALSE)
records <- c(list(contrasts("linear", linear), contrasts("smooth", smooth)),
             Map(change_of, cases$shared, cases$fpc, cases$verb))
write_golden("change.R", unname(records))
