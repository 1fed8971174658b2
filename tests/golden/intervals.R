# Intervals of a proportion in every domain with 0 < p < 1 and at least one degree of freedom.
# From svyciprop: beta, logit (xlogit), asin, wald (mean). By their published formulas: wilson (survey >= 4.5 has it,
# this R does not), korn_graubard (beta with the effective size capped at the domain's persons) and korn_graubard_rare (the same with
# degrees of freedom of at most the PSUs with cases less one).
# svyciprop("beta") takes n from nrow(design), which counts rows with weight 0 and rows without an answer; here
# they are left out first, so n is the persons behind the proportion.
source("tests/golden/common.R")

interval <- function(part, y, method, level) {
  df <- degf(part)
  t <- qt((1 + level) / 2, df)
  mean <- svymean(reformulate(y), part)
  p <- as.vector(coef(mean))
  se <- as.vector(SE(mean))
  n_eff <- p * (1 - p) / se^2
  if (method == "wilson") {
    return((p + t^2 / (2 * n_eff) + c(-1, 1) * t / (2 * n_eff) * sqrt(4 * n_eff * p * (1 - p) + t^2)) / (1 + t^2 / n_eff))
  }
  if (method == "korn_graubard_rare")
    return(korn_graubard(p, se, nrow(part), rare_df(df, psus_with(part, part$variables[[y]] == 1)), level))
  if (method == "korn_graubard") return(korn_graubard(p, se, nrow(part), df, level))
  # Where the arcsine leaves [0, pi/2], R's sin()^2 folds it back (a negative lower limit turns positive): not truth.
  angle <- asin(sqrt(p)) + c(-1, 1) * t / (2 * sqrt(n_eff))
  if (method == "asin" && (angle[1] < 0 || angle[2] > pi / 2)) return(NULL)
  r_name <- c(beta = "beta", logit = "xlogit", asin = "asin", wald = "mean")[[method]]
  as.vector(attr(svyciprop(reformulate(y), part, method = r_name, level = level, df = df), "ci"))
}

everything <- list(character(), "sex", "region", "sector", c("sex", "age_group"))
records <- list()
for (name in c("clustered-fpc", "clustered", "reused", "srs-fpc")) {
  d <- designs()[[name]]
  clustered <- d$spec$data == "clustered.csv"
  by <- if (clustered) everything else everything[c(1, 2, 5)]
  for (y in c("award", if (clustered) "award_missing")) {
    answered <- d$frame$weight > 0 & !is.na(d$frame[[y]])
    parts <- Filter(function(p) {
      values <- d$frame[[y]][p$rows & answered]
      any(values == 1) && any(values == 0) && degf(d$design[p$rows & answered, ]) > 0
    }, cells(d$frame, by))
    for (method in c("korn_graubard_rare", "korn_graubard", "beta", "logit", "wilson", "asin", "wald")) for (level in c(0.95, 0.90)) {
      rows <- lapply(parts, function(p) {
        part <- d$design[p$rows & answered, ]
        ci <- interval(part, y, method, level)
        if (is.null(ci)) return(NULL)
        mean <- svymean(reformulate(y), part)
        list(key = p$key, estimate = as.vector(coef(mean)), se = as.vector(SE(mean)), ci_low = ci[1], ci_high = ci[2],
             df = degf(part), n = nrow(part), cases = sum(part$variables[[y]]))
      })
      records <- c(records, list(list(
        group = "intervals", id = paste(name, y, method, sprintf("%.2f", level), sep = "-"), design = d$spec, verb = "prevalence",
        y = I(y), by = lapply(by, I), interval = method, level = level, rows = Filter(Negate(is.null), rows))))
    }
  }
}

# No case among 152 persons, 55 degrees of freedom: the upper limit that NCHS publishes.
upper <- clopper_pearson(0, 152 * (qt(0.975, 151) / qt(0.975, 55))^2, 0.95)[2]
records <- c(records, list(list(group = "intervals", id = "nchs-zero-of-152", verb = "zero_cases", source = "NCHS", n = 152, df = 55,
  interval = "korn_graubard_nchs", level = 0.95, published = 0.0246586799, ci_low = 0, ci_high = upper)))
stopifnot(round(upper, 10) == 0.0246586799)
write_golden("intervals.R", records)
