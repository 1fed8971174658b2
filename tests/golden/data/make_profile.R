# Data for profile.R, made here, describing nobody: profile.csv, four draws of persons in strata and PSUs, with the answers to six questions.
# Run from the repository root: Rscript tests/golden/data/make_profile.R
# Committed; run it only to change it, then run make_all.R. Weights are whole numbers of quarters, so the CSV holds them exactly.
set.seed(202611, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
quarters <- function(x) round(4 * x) / 4
answer <- function(p) ifelse(runif(length(p)) < .04, 8, ifelse(runif(length(p)) < p, 1, 2))

draw <- function(k) {
  psus <- c(20, 32, 24, 40)[k]                                   # in four strata of equal size
  psu <- rep(seq_len(psus), sample(8:16, psus, TRUE))
  n <- length(psu)
  stratum <- (psu - 1) %/% (psus / 4) + 1
  effect <- rnorm(psus, sd = .8)[psu]
  frame <- data.frame(draw = k, stratum, psu, weight = pmax(quarters(exp(rnorm(n, 3, .6))), 1), fpc = psus / 4 * c(3, 5, 2, 6)[stratum],
                      sex = sample(1:2, n, TRUE), region = 1 + psu %% 3)
  worked <- runif(n) < .35                                       # others answer no to all
  shares <- list(inv1 = .5, inv2 = .8, inv3 = .05, coe1 = .95, coe2 = .3, coe3 = .5)
  for (name in names(shares)) frame[[name]] <- ifelse(worked, answer(plogis(qlogis(shares[[name]]) + effect)), 2)
  frame
}
write.csv(do.call(rbind, lapply(1:4, draw)), "tests/golden/data/profile.csv", row.names = FALSE, quote = FALSE, na = "")
