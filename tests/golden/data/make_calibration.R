# Persons in dwellings in sampling points, for calibration (calibration.R). Run from the repository root:
#   Rscript tests/golden/data/make_calibration.R
# Describes nobody. Every stratum has 2, 3 or 5 PSUs, so that jackknife weights w·n/(n - 1) are exact; no weight is 0.
set.seed(20264, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
quarters <- function(x) round(4 * x) / 4

counts <- c(3, 5, 2, 3, 5, 2, 3, 5)
psus <- data.frame(stratum = rep(1:8, counts), psu = seq_len(sum(counts)), fpc = rep(counts * c(4, 3, 6, 5, 2, 7, 1, 4), counts))
drawn <- sample(3:5, nrow(psus), TRUE)
dwellings <- data.frame(psus[rep(seq_len(nrow(psus)), drawn), ], dwelling = sequence(drawn), fpc2 = rep(drawn * 4 + 1, drawn))
row <- rep(seq_len(nrow(dwellings)), sample(2:5, nrow(dwellings), TRUE))
n <- length(row)
effect <- rnorm(nrow(psus), sd = 0.8)[dwellings$psu[row]]
sex <- sample(1:2, n, TRUE)
frame <- data.frame(
  dwellings[row, ], weight = pmax(quarters(exp(rnorm(n, 4, 0.7))), 1.25), sex = sex,
  age_group = sample(c("15-24", "25-54", "55+"), n, TRUE, c(.3, .5, .2)), region = sample(c("north", "south", "east"), n, TRUE),
  award = rbinom(n, 1, plogis(-2 + effect + 0.7 * (sex == 1))), income = quarters(exp(rnorm(n, 5, 0.5) + 0.2 * effect + 0.3 * (sex == 1))),
  hours = round(2 * pmin(pmax(rnorm(n, 38, 12), 4), 70)) / 2
)
frame$income_missing <- replace(frame$income, sample(n, round(n / 15)), NA)
write.csv(frame, "tests/golden/data/calibration.csv", row.names = FALSE, quote = FALSE, na = "")
