# The data behind the golden numbers: made here, describing nobody. Run from the repository root:
#   Rscript tests/golden/data/make_data.R
# The CSV files are committed; run this only to change them, then run make_all.R. Weights, incomes, hours and
# fractions are whole numbers of quarters, halves or other powers of two, so the CSV holds them exactly.
set.seed(20251, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

quarters <- function(x) round(4 * x) / 4
save_csv <- function(frame, name)
  write.csv(frame, file.path("tests/golden/data", name), row.names = FALSE, quote = FALSE, na = "")

# Persons of PSUs: `psus` has one row a PSU (stratum, psu, fpc, region, persons). Award is rare and clustered.
persons_of <- function(psus, rate) {
  effect <- rnorm(nrow(psus), sd = 1.2)
  row <- rep(seq_len(nrow(psus)), psus$persons)
  n <- length(row)
  hours <- round(2 * pmin(pmax(rnorm(n, 38, 12), 4), 70)) / 2
  data.frame(
    psus[row, setdiff(names(psus), "persons")],
    weight = pmax(quarters(exp(rnorm(n, 4, 0.9))), 1.25),
    sex = sample(1:2, n, TRUE),
    age_group = sample(c("15-24", "25-39", "40-54", "55+"), n, TRUE, c(.25, .35, .25, .15)),
    award = rbinom(n, 1, plogis(qlogis(rate) + effect[row])),
    income = quarters(pmin(hours * exp(rnorm(n, 1.9, 0.5) + 0.1 * effect[row]), 999)),
    hours = hours,
    row.names = NULL
  )
}

# clustered.csv: 12 strata of 4 to 8 PSUs. Region 5 lies in strata 1 to 5 only.
counts <- sample(4:8, 12, TRUE)
psus <- data.frame(stratum = rep(1:12, counts), psu = seq_len(sum(counts)))
psus$fpc <- rep(counts * sample(3:9, 12, TRUE) + sample(0:2, 12, TRUE), counts)
psus$region <- ifelse(psus$stratum <= 5, rep_len(c(5, 1, 2, 3), nrow(psus)), rep_len(1:4, nrow(psus)))
psus$persons <- sample(24:48, nrow(psus), TRUE)
clustered <- persons_of(psus, 0.012)
n <- nrow(clustered)
clustered$weight[sample(n, round(n / 100))] <- 0
clustered$weight[match(c(2, 9), clustered$stratum)] <- 0.75        # below 1: no sample of a census
clustered$sector <- sample(c("farm", "fish", "mine", "make", "build", "trade", "home"), n, TRUE)
# "ship": three persons in three PSUs of two strata, and a fourth, in a stratum of its own, whose weight is 0.
ship <- sapply(c(1, 2, counts[1] + 1, counts[1] + counts[2] + 1), function(p) which(clustered$psu == p & clustered$weight > 0)[5])
clustered$sector[ship] <- "ship"
clustered$sex[ship] <- c(1, 1, 2, 2)
clustered$award[ship] <- c(0, 1, 0, 0)
clustered$weight[ship[4]] <- 0
clustered$award[clustered$sector == "fish"] <- 0                     # a sector without cases
clustered$all_yes <- ifelse(clustered$sector == "mine", 1, rbinom(n, 1, 0.4))
clustered$award_missing <- replace(clustered$award, sample(n, round(.08 * n)), NA)
clustered$award_missing[clustered$psu == 3] <- NA                    # a whole PSU without an answer
clustered$income_missing <- replace(clustered$income, sample(n, round(.08 * n)), NA)
save_csv(clustered[c("stratum", "psu", "weight", "fpc", "sex", "age_group", "region", "sector", "award", "all_yes",
                     "income", "hours", "award_missing", "income_missing")], "clustered.csv")

# reused.csv: PSU labels start at 1 in each stratum; the last PSU of stratum "c" has only zero weights.
counts <- c(a = 5, b = 3, c = 6, d = 2, e = 7)
psus <- data.frame(stratum = rep(names(counts), counts), psu = sequence(counts), fpc = rep(counts * 6, counts))
psus$persons <- sample(30:50, nrow(psus), TRUE)
reused <- persons_of(psus, 0.03)
reused$weight[reused$stratum == "c" & reused$psu == 6] <- 0
save_csv(reused[c("stratum", "psu", "weight", "fpc", "sex", "age_group", "award", "income", "hours")], "reused.csv")

# lonely.csv: strata "c" and "f" have one PSU. Region 2 is absent from "c". fpc_certain: both lonely PSUs are certain.
counts <- c(a = 4, b = 3, c = 1, d = 5, e = 2, f = 1)
psus <- data.frame(stratum = rep(names(counts), counts), psu = seq_len(sum(counts)), fpc = rep(counts * 5, counts))
psus$fpc_certain <- ifelse(psus$stratum %in% c("c", "f"), 1, psus$fpc)
psus$persons <- sample(35:50, nrow(psus), TRUE)
lonely <- persons_of(psus, 0.05)
lonely$region <- ifelse(lonely$stratum == "c", 1, sample(1:2, nrow(lonely), TRUE))
save_csv(lonely[c("stratum", "psu", "weight", "fpc", "fpc_certain", "sex", "region", "award", "income", "hours")], "lonely.csv")

# srs.csv, fraction.csv: persons drawn straight from five strata; fpc as population counts, then as fractions.
fraction <- c(a = 1 / 4, b = 1 / 16, c = 3 / 32, d = 1 / 8, e = 1 / 2)
size <- c(a = 120, b = 150, c = 90, d = 200, e = 60)
psus <- data.frame(stratum = names(size), fpc = size / fraction, fraction = fraction, persons = size)
srs <- persons_of(psus, 0.06)
srs$weight <- quarters(1 / srs$fraction * sample(c(.5, .75, 1, 1.5, 2.25), nrow(srs), TRUE))
columns <- c("stratum", "weight", "fpc", "sex", "age_group", "award", "income", "hours")
save_csv(srs[columns], "srs.csv")
srs$fpc <- srs$fraction
save_csv(srs[columns], "fraction.csv")

# rule_sets.csv: answers to a forced labour module (1 yes, 2 no, blank none), clustered by PSU; see rule_sets.R.
counts <- sample(4:6, 8, TRUE)
psus <- data.frame(stratum = rep(1:8, counts), psu = seq_len(sum(counts)))
row <- rep(seq_len(nrow(psus)), sample(15:25, nrow(psus), TRUE))
effect <- rnorm(nrow(psus), sd = 0.8)[row]
answer <- function(rate) {
  yes <- rbinom(length(row), 1, plogis(qlogis(rate) + effect))
  replace(2 - yes, sample(length(row), round(.03 * length(row))), NA)
}
module <- data.frame(
  id = seq_along(row), psus[row, ], weight = quarters(exp(rnorm(length(row), 4, 0.7)) + 1), sex = sample(1:2, length(row), TRUE),
  deceived = answer(.08), papers = answer(.10), overtime = answer(.12), employers = answer(.10), held = answer(.08),
  violence = answer(.10), abuse = answer(.12), no_leave = answer(.08), wages = answer(.10), row.names = NULL
)
save_csv(module, "rule_sets.csv")
