# A family of contrasts: every two regions by svycontrast, tested by t, adjusted by p.adjust; and p.adjust alone.
# The numbers stand under `numbers`, not `rows`: test_family_of_contrasts.py reads them.
source("tests/golden/common.R")

d <- make_design("clustered.csv", psu = "psu", fpc = "fpc")
by_region <- svyby(~award, ~region, d$design, svymean, covmat = TRUE)
names <- as.character(by_region$region)
pairs <- combn(seq_along(names), 2)
weights <- apply(pairs, 2, function(p) { w <- numeric(length(names)); w[p] <- c(1, -1); w }, simplify = FALSE)
found <- svycontrast(by_region, setNames(weights, paste(names[pairs[1, ]], names[pairs[2, ]])))
estimate <- unname(coef(found))
se <- unname(sqrt(diag(vcov(found))))
degrees <- sapply(names, function(n) degf(d$design[as.character(d$frame$region) == n & d$frame$weight > 0, ]))
df <- pmin(degrees[pairs[1, ]], degrees[pairs[2, ]])
p <- 2 * pt(-abs(estimate / se), df)
t <- qt(1 - .05 / length(p) / 2, df)                       # Bonferroni's intervals

given <- list(few = c(.01, .04, .03), ties = c(.02, .02, .02, .5), large = c(.9, .6, .04, .001, .0001, .03), one = .2)
records <- c(
  list(list(group = "family", id = "family-regions", design = d$spec, numbers = list(
    category = I(names[pairs[1, ]]), reference = I(names[pairs[2, ]]), estimate = I(estimate), se = I(se), df = I(unname(df)), p = I(p),
    p_adjusted = I(p.adjust(p, "holm")), ci_low = I(estimate - t * se), ci_high = I(estimate + t * se)))),
  unname(Map(function(name, p) list(group = "family", id = paste("holm", name, sep = "-"), design = list(data = NA),
                                    numbers = list(p = I(p), p_adjusted = I(p.adjust(p, "holm")))), names(given), given)))
write_golden("family.R", records)
