# Two rule sets on one sample: rates, numbers and their covariance. The rules are written here by hand, on R's own three-valued
# logic (NA | TRUE is TRUE, NA & FALSE is FALSE); a case is whoever is TRUE, so that NA stays in the denominator.
#   icls: any involuntary circumstance and any element of coercion
#   hts:  in one of three stages both sides, one of them strong; `held` (restricted movement) is then involuntariness
# The numbers stand under `numbers`, not `rows`: test_stacked_estimates.py reads them, not test_golden.py.
source("tests/golden/common.R")

d <- make_design("rule_sets.csv", psu = "psu")
yes <- lapply(d$frame, function(column) column == 1)
icls <- with(yes, (deceived | overtime | employers | no_leave) & (papers | held | violence | abuse | wages))
hts <- with(yes, (deceived & papers) |                                                  # both strong
                 ((overtime | held | employers) & (violence | abuse) & (overtime | held | violence)) |   # not employers with abuse
                 (no_leave & wages))                                                    # both strong
design <- update(d$design, icls = 1 * (icls %in% TRUE), hts = 1 * (hts %in% TRUE))

one <- function(verb, fun) list(
  group = "rule_sets", id = paste("rule_sets", verb, sep = "-"), design = d$spec, verb = verb,
  numbers = list(
    cases = I(c(sum(design$variables$icls), sum(design$variables$hts))), unresolved = I(c(sum(is.na(icls)), sum(is.na(hts)))),
    estimate = I(unname(coef(fun(~icls + hts, design)))), covariance = lower_triangle(unname(vcov(fun(~icls + hts, design))))
  )
)
by_sex <- svyby(~icls + hts, ~sex, design, svymean, covmat = TRUE)      # icls of men, of women, then hts
records <- list(one("prevalence", svymean), one("total", svytotal), list(
  group = "rule_sets", id = "rule_sets-prevalence-sex", design = d$spec, verb = "prevalence", by = I("sex"),
  numbers = list(estimate = I(unname(coef(by_sex))), covariance = lower_triangle(unname(vcov(by_sex))))
))
write_golden("rule_sets.R", records)
