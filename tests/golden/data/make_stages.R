# Data for stages.R and replicates.R, made here, describing nobody: stages.csv (PSUs, households, persons) and
# replicates.csv (paired PSUs). Run from the repository root: Rscript tests/golden/data/make_stages.R
# Committed; run it only to change them, then run make_all.R. Weights are whole numbers of quarters, so the CSV holds them exactly.
set.seed(20264, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
quarters <- function(x) round(4 * x) / 4
save_csv <- function(frame, name)
  write.csv(frame, file.path("tests/golden/data", name), row.names = FALSE, quote = FALSE, na = "")

# stages.csv: 6 strata of 3 to 6 PSUs; 3 to 6 households in each, labelled 1, 2, ... anew; all adults of a household.
# Stratum 4: every PSU was taken (fpc = n). PSU 2: every household was taken. fpc_inf: stratum 5 with replacement.
# certain: PSUs 1 and 9, taken with certainty in a design without FPC.
counts <- c(4, 3, 5, 3, 6, 4)
psus <- data.frame(stratum = rep(seq_along(counts), counts), psu = seq_len(sum(counts)), fpc = rep(counts * c(4, 6, 3, 1, 5, 7), counts))
psus$m <- sample(3:6, nrow(psus), TRUE)
psus$fpc2 <- psus$m * sample(3:8, nrow(psus), TRUE)
psus$fpc2[2] <- psus$m[2]
homes <- psus[rep(seq_len(nrow(psus)), psus$m), ]
homes$home <- sequence(psus$m)
size <- sample(1:5, nrow(homes), TRUE)
frame <- homes[rep(seq_len(nrow(homes)), size), ]
n <- nrow(frame)
effect <- rnorm(sum(counts), sd = 0.9)[frame$psu] + rnorm(nrow(homes), sd = 0.7)[rep(seq_len(nrow(homes)), size)]
frame$fraction <- (counts / (counts * c(4, 6, 3, 1, 5, 7)))[frame$stratum]
frame$fraction2 <- frame$m / frame$fpc2
frame$fpc_inf <- ifelse(frame$stratum == 5, Inf, frame$fpc)
frame$fpc_persons <- ave(frame$psu, frame$psu, FUN = length) * 6
frame$certain <- as.integer(frame$psu %in% c(1, 9))
frame$one_home <- ifelse(frame$psu == 6, 1, frame$home)                # PSU 6 as a single household
frame$weight <- pmax(quarters(exp(rnorm(n, 3.5, 0.7))), 1)
frame$sex <- sample(1:2, n, TRUE)
frame$region <- ifelse(frame$stratum <= 2, 1, ifelse(frame$psu %% 2 == 0, 2, 3))
frame$award <- rbinom(n, 1, plogis(qlogis(.06) + effect))
frame$hours <- round(2 * pmin(pmax(rnorm(n, 38, 12), 4), 70)) / 2
frame$income <- quarters(pmin(frame$hours * exp(rnorm(n, 1.9, 0.5) + 0.1 * effect), 999))
frame$income_missing <- replace(frame$income, sample(n, round(.06 * n)), NA)
save_csv(frame[c("stratum", "psu", "home", "one_home", "weight", "fpc", "fpc2", "fraction", "fraction2", "fpc_inf", "fpc_persons",
                 "certain", "sex", "region", "award", "income", "hours", "income_missing")], "stages.csv")

# replicates.csv: 8 strata of two PSUs, with replicate weights of several methods beside the weight: BRR, Fay (rho .3), JK1, JKn,
# JK2 (one replicate a pair), bootstrap, successive differences. Region 2 lies in strata 1 to 3 only; area 9 in one PSU.
library(survey)
pairs <- data.frame(stratum = rep(1:8, each = 2), psu = 1:16)
frame <- pairs[rep(1:16, sample(14:24, 16, TRUE)), ]
n <- nrow(frame)
effect <- rnorm(16, sd = 0.8)[frame$psu]
frame$weight <- quarters(exp(rnorm(n, 4, 0.6)) + 1)
frame$sex <- sample(1:2, n, TRUE)
frame$region <- ifelse(frame$stratum <= 3, 2, 1)
frame$area <- ifelse(frame$psu == 3, 9, 1)
frame$award <- rbinom(n, 1, plogis(qlogis(.08) + effect))
frame$hours <- round(2 * pmin(pmax(rnorm(n, 38, 12), 4), 70)) / 2
frame$income <- quarters(frame$hours * exp(rnorm(n, 1.9, 0.5) + 0.1 * effect))
design <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = frame)
flat <- svydesign(~psu, weights = ~weight, data = frame)
replicated <- function(d, type, ...) weights(as.svrepdesign(d, type = type, compress = FALSE, ...), "analysis")
jk2 <- sapply(1:8, function(h) with(frame, weight * ifelse(stratum == h, 2 * (psu == 2 * h), 1)))
columns <- list(
  brr = replicated(design, "BRR"), fay = replicated(design, "Fay", fay.rho = .3), jk1_ = replicated(flat, "JK1"), jkn = replicated(design, "JKn"),
  jk2_ = jk2, boot = replicated(design, "bootstrap", replicates = 25),
  sdr = sapply(1:12, function(r) frame$weight * (1 + (2^-1.5) * (sample(c(-1, 1), 16, TRUE) - sample(c(-1, 1), 16, TRUE))[frame$psu]))
)
for (name in names(columns)) {
  w <- columns[[name]]
  for (r in seq_len(ncol(w))) frame[[paste0(name, r)]] <- signif(as.vector(w[, r]), 12)
}
save_csv(frame, "replicates.csv")
