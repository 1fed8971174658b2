# Survey-weighted logits (svyglm, quasibinomial), Wald tests (regTermTest), average marginal effects, Firth's logit (brglm2) with
# limits from its profile, and Rao-Scott tests (svychisq).
source("tests/golden/common.R")
suppressPackageStartupMessages(library(brglm2))
options(contrasts = c("contr.treatment", "contr.poly"))

two_stage <- function() {
  frame <- read_data("risk_two_stage.csv")
  list(spec = list(data = "risk_two_stage.csv", weight = "weight", psu = I(c("dnum", "snum")), fpc = I(c("fpc1", "fpc2"))),
       design = svydesign(ids = ~dnum + snum, fpc = ~fpc1 + fpc2, weights = ~weight, data = frame), frame = frame)
}
jk1 <- function() {
  frame <- read_data("risk_jk1.csv")
  list(spec = list(data = "risk_jk1.csv", weight = "weight", replicates = "rw*", method = "jk1"),
       design = svrepdesign(weights = ~weight, repweights = "rw[0-9]+", type = "JK1", scale = 14 / 15, data = frame), frame = frame)
}
lonely <- function(rule) make_design("lonely.csv", psu = "psu", single_psu = rule)
with_positive_weights <- function(d) { d$design <- d$design[d$frame$weight > 0, ]; d }

precise <- glm.control(epsilon = 1e-15, maxit = 60)
# Fitted once more from its own estimate: R's covariance uses the weights of the iteration before the last. svyglm evaluates its
# arguments elsewhere, hence their values.
fitted_model <- function(d, formula) {
  from <- function(start)
    eval(bquote(svyglm(.(formula), d$design, family = quasibinomial(), control = .(precise), start = .(start))))
  from(unname(coef(from(NULL))))
}

# Everybody in one category less everybody in the reference: weighted mean difference of predictions, by the delta method.
effect <- function(model, name, category, reference) {
  frame <- model.frame(model)
  w <- weights(model, "prior"); w <- w / sum(w)
  matrix_of <- function(value) {
    variable <- grep(paste0("\\b", name, "\\b"), names(frame), value = TRUE)[1]
    frame[[variable]] <- factor(rep(value, nrow(frame)), levels = levels(factor(frame[[variable]])))
    model.matrix(delete.response(terms(model)), frame)
  }
  x1 <- matrix_of(category); x0 <- matrix_of(reference)
  m1 <- plogis(drop(x1 %*% coef(model))); m0 <- plogis(drop(x0 %*% coef(model)))
  g <- colSums(w * m1 * (1 - m1) * x1) - colSums(w * m0 * (1 - m0) * x0)
  list(covariate = name, category = category, effect = sum(w * (m1 - m0)), se = sqrt(drop(g %*% vcov(model) %*% g)))
}

logit_record <- function(id, d, formula, ours, terms = list(), effects = list(), rule = "fail") {
  options(survey.lonely.psu = rule)
  model <- suppressWarnings(fitted_model(d, formula))     # R says that rows without a weight have no part in the dispersion
  ci <- confint(model)
  tests <- lapply(names(terms), function(name) {
    t <- regTermTest(model, terms[[name]], method = "Wald")
    list(term = name, statistic = drop(t$Ftest), ndf = t$df, ddf = t$ddf, p_value = drop(t$p))
  })
  out <- list(group = "logit", id = id, design = d$spec, formula = ours, 
       coefficients = I(unname(coef(model))), se = I(unname(SE(model))),
       p_value = I(unname(suppressWarnings(summary(model))$coefficients[, 4])), ci_low = I(unname(ci[, 1])), ci_high = I(unname(ci[, 2])), df = model$df.residual,
       covariance = lower_triangle(unname(vcov(model))), tests = tests,
       effects = lapply(effects, function(e) effect(model, e[1], e[2], e[3])))
  options(survey.lonely.psu = "fail")
  out
}

clustered <- designs()[["clustered-fpc"]]
plain <- designs()[["clustered"]]
srs <- designs()[["srs-fpc"]]
records <- list(
  logit_record("logit-clustered-fpc", clustered, award ~ factor(sex) + age_group, "award ~ C(sex) + age_group",
               list(age_group = ~age_group, "C(sex)" = ~factor(sex)), list(c("sex", "2", "1"), c("age_group", "55+", "15-24"))),
  logit_record("logit-clustered-numeric", clustered, award ~ factor(region) + hours, "award ~ C(region) + hours",
               list(hours = ~hours), list(c("region", "5", "1"))),
  logit_record("logit-clustered-interaction", plain, all_yes ~ factor(sex) * age_group, "all_yes ~ C(sex) * age_group",
               list("C(sex):age_group" = ~factor(sex):age_group), list(c("sex", "2", "1"))),
  logit_record("logit-clustered-missing", plain, award_missing ~ factor(sex) + hours, "award_missing ~ C(sex) + hours"),
  logit_record("logit-clustered-reference", clustered, all_yes ~ relevel(factor(age_group), "40-54") + factor(sex),
               'all_yes ~ C(age_group, Treatment("40-54")) + C(sex)'),
  logit_record("logit-srs-fpc", srs, award ~ factor(sex) + age_group, "award ~ C(sex) + age_group"),
  logit_record("logit-reused", designs()[["reused-fpc"]], award ~ factor(sex) + age_group, "award ~ C(sex) + age_group"),
  logit_record("logit-two-stage", two_stage(), award ~ stype + ell, "award ~ stype + ell", list(stype = ~stype, ell = ~ell),
               list(c("stype", "H", "E"))),
  logit_record("logit-jk1", jk1(), award ~ stype + meals, "award ~ stype + meals", list(stype = ~stype), list(c("stype", "M", "E")))
)
for (rule in c("certainty", "adjust", "average"))
  records <- c(records, list(logit_record(paste0("logit-lonely-", rule), lonely(rule), award ~ factor(sex) + factor(region),
                                          "award ~ C(sex) + C(region)", list("C(sex)" = ~factor(sex)), rule = rule)))

# Quasi-complete separation: nobody of "fish" is a case. The others' estimates are those of the sample without them.
others <- clustered
others$design <- subset(clustered$design, sector != "fish")
separated <- logit_record("logit-separated", others, award ~ sector + factor(sex), "award ~ sector + C(sex)")
separated$endless <- I("sector[T.fish]")
separated$p_value <- separated$ci_low <- separated$ci_high <- separated$df <- NULL
records <- c(records, list(separated))

# Firth's logit: weights of mean 1 over the persons with a weight. brglm2's mean bias reduction is Firth's penalty for a logit.
penalised <- function(x, y, w) function(b) {
  eta <- drop(x %*% b); mu <- plogis(eta)
  sum(w * (y * eta - log1p(exp(eta)))) + as.numeric(determinant(crossprod(x, w * mu * (1 - mu) * x))$modulus) / 2
}
maximum <- function(f, start) {
  for (i in 1:6) { o <- optim(start, f, method = "BFGS", control = list(fnscale = -1, reltol = 1e-16, maxit = 1000)); start <- o$par }
  o
}
# Limits of one coefficient where twice the fall of the penalised likelihood reaches t^2 times Kish's design effect.
profile_limits <- function(f, best, j, drop) {
  fall <- function(value) {
    inner <- function(b) { full <- best$par; full[-j] <- b; full[j] <- value; f(full) }
    2 * (best$value - maximum(inner, best$par[-j])$value) - drop
  }
  sapply(c(-1, 1), function(side) {
    reach <- 1
    while (fall(best$par[j] + side * reach) < 0) reach <- 2 * reach
    uniroot(fall, sort(best$par[j] + side * c(0, reach)), tol = 1e-9)$root
  })
}
firth_record <- function(id, d, formula, ours, j = NULL) {
  frame <- d$frame[d$frame$weight > 0, ]
  frame$w <- frame$weight / mean(frame$weight)
  model <- suppressWarnings(glm(formula, binomial(), frame, weights = w, method = "brglmFit", type = "AS_mean",
                                control = list(epsilon = 1e-13, maxit = 5000)))
  x <- model.matrix(model); y <- frame[[all.vars(formula)[1]]]
  f <- penalised(x, y, frame$w)
  best <- maximum(f, unname(coef(model)))
  stopifnot(max(abs(best$par - coef(model))) < 1e-5, best$value - f(coef(model)) < 1e-9)   # both maximise the same likelihood
  best <- list(par = unname(coef(model)), value = f(coef(model)))
  # The design's covariance at Firth's estimate: svyrecvar of the scores, as svyglm does at the maximum likelihood's.
  mu <- plogis(drop(x %*% coef(model)))
  scores <- matrix(0, nrow(d$frame), ncol(x))
  scores[d$frame$weight > 0, ] <- frame$weight * (y - mu) * x
  influence <- scores %*% solve(crossprod(x, frame$weight * mu * (1 - mu) * x))
  v <- svyrecvar(influence, d$design$cluster, d$design$strata, d$design$fpc)
  out <- list(group = "firth", id = id, design = d$spec, formula = ours, coefficients = I(best$par), se = I(sqrt(diag(v))))
  if (!is.null(j)) {
    df <- degf(d$design[d$frame$weight > 0, ]) + 1 - ncol(x)
    kish <- nrow(frame) * sum(frame$weight^2) / sum(frame$weight)^2
    limits <- profile_limits(f, best, j, qt(.975, df)^2 * kish)
    out$profile <- list(position = j - 1, ci_low = limits[1], ci_high = limits[2])
  }
  out
}
records <- c(records, list(
  firth_record("firth-clustered", clustered, award ~ factor(sex) + age_group, "award ~ C(sex) + age_group"),
  firth_record("firth-separated", clustered, award ~ sector, "award ~ sector", j = 3),
  firth_record("firth-srs", srs, award ~ factor(sex) * age_group, "award ~ C(sex) * age_group")
))

# Rao-Scott. R counts rows without a weight as persons, we do not: they are left out here, and stay in the design.
chisq_record <- function(id, d, rows, columns) {
  d <- with_positive_weights(d)
  formula <- reformulate(c(rows, columns))
  f <- svychisq(formula, d$design, statistic = "F")
  x <- svychisq(formula, d$design, statistic = "Chisq")
  list(group = "rao_scott", id = id, design = d$spec, of = I(c(rows, columns)),
       F = list(statistic = unname(f$statistic), ndf = unname(f$parameter[1]), ddf = unname(f$parameter[2]), p_value = unname(f$p.value)),
       chisq = list(statistic = unname(x$statistic), ndf = unname(x$parameter), p_value = unname(x$p.value)))
}
records <- c(records, list(
  chisq_record("chisq-clustered-fpc-sex", clustered, "sex", "award"), chisq_record("chisq-clustered-sector", plain, "sector", "award"),
  chisq_record("chisq-clustered-groups", clustered, "age_group", "sector"), chisq_record("chisq-srs", srs, "age_group", "award"),
  chisq_record("chisq-two-stage", two_stage(), "stype", "award"), chisq_record("chisq-two-stage-groups", two_stage(), "stype", "wide"),
  chisq_record("chisq-jk1", jk1(), "stype", "award")))

write_golden("risk.R", records, brglm2 = as.character(packageVersion("brglm2")))
