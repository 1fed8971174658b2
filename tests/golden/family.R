# A family of contrasts: each region against all others, and one sex against the other, by svycontrast and svyttest, adjusted by
# p.adjust; and p.adjust alone.
# The numbers stand under `numbers`, not `rows`: test_family_of_contrasts.py reads them.
source("tests/golden/common.R")

d <- make_design("clustered.csv", psu = "psu", fpc = "fpc")
# One comparison: the difference of two domain means and its covariance from svyby; svyttest must give the same. df are the smaller of
# both sides, each at most its PSUs with cases less one (svyttest takes those of the whole sample less one).
against <- function(group, category) {
  side <- factor(ifelse(d$frame[[group]] == category, "category", "others"), levels = c("others", "category"))
  both <- update(d$design, side = side)
  means <- svyby(~award, ~side, both, svymean, covmat = TRUE)
  found <- svycontrast(means, list(gap = c(-1, 1)))
  estimate <- as.vector(coef(found))
  se <- as.vector(sqrt(diag(vcov(found))))
  t <- suppressWarnings(svyttest(award ~ side, both))         # zero weights: a warning of glm's dispersion
  stopifnot(all.equal(as.vector(t$estimate), estimate, tolerance = 1e-12),
            all.equal(as.vector(t$statistic), estimate / se, tolerance = 1e-12))
  df <- min(sapply(levels(side), function(s) {
    rows <- side == s & d$frame$weight > 0
    rare_df(degf(d$design[rows, ]), psus_with(d$design, rows & d$frame$award > 0))
  }))
  list(group = group, category = category, estimate = estimate, se = se, df = df, p = 2 * pt(-abs(estimate / se), df))
}
values <- function(group) sort(unique(as.character(d$frame[[group]])), method = "radix")
compared <- c(lapply(values("region"), function(v) against("region", v)), list(against("sex", values("sex")[1])))
of <- function(name) sapply(compared, `[[`, name)
p <- of("p")
t <- qt(1 - .05 / length(p) / 2, of("df"))                   # Bonferroni's intervals

given <- list(few = c(.01, .04, .03), ties = c(.02, .02, .02, .5), large = c(.9, .6, .04, .001, .0001, .03), one = .2)
records <- c(
  list(list(group = "family", id = "family-others", design = d$spec, numbers = list(
    group = I(of("group")), category = I(of("category")), estimate = I(of("estimate")), se = I(of("se")), df = I(of("df")), p = I(p),
    p_adjusted = I(p.adjust(p, "holm")), ci_low = I(of("estimate") - t * of("se")), ci_high = I(of("estimate") + t * of("se"))))),
  unname(Map(function(name, p) list(group = "family", id = paste("holm", name, sep = "-"), design = list(data = NA),
                                    numbers = list(p = I(p), p_adjusted = I(p.adjust(p, "holm")))), names(given), given)))
write_golden("family.R", records)
