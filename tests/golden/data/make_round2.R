# round2.csv: a second round in the PSUs of clustered.csv, with other persons and fewer cases. Run from the repository root:
#   Rscript tests/golden/data/make_round2.R
set.seed(20271, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
first <- read.csv("tests/golden/data/clustered.csv")
psus <- unique(first[c("stratum", "psu", "fpc")])
award <- tapply(first$award, first$psu, mean)
row <- rep(seq_len(nrow(psus)), sample(20:40, nrow(psus), TRUE))
n <- length(row)
second <- data.frame(
  psus[row, ], weight = pmax(round(4 * exp(rnorm(n, 4, 0.8))) / 4, 1.25), sex = sample(1:2, n, TRUE),
  award = rbinom(n, 1, pmin(0.5 * award[as.character(psus$psu[row])] + 0.004, 1)),
  income = round(4 * pmin(exp(rnorm(n, 5.4, 0.6)), 999)) / 4, row.names = NULL
)
second$weight[sample(n, 12)] <- 0
write.csv(second, "tests/golden/data/round2.csv", row.names = FALSE, quote = FALSE, na = "")
