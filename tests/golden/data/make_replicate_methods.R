# Replicate weights of each method, also calibrated ones. Run from the repository root:
#   Rscript tests/golden/data/make_replicate_methods.R
# The CSV files are committed; run this only to change them, then run make_all.R.
# pairs: 8 strata of 2 PSUs. many: strata of 3 to 5 PSUs. A column of replicates has the name of its pattern and a number; a
# pattern whose weights were calibrated has a weight of its own, `w_<pattern>`.
suppressPackageStartupMessages(library(survey))
set.seed(20261, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

persons_of <- function(counts) {
  psu <- rep(seq_len(sum(counts)), each = 5)
  stratum <- rep(seq_along(counts), counts)[psu]
  n <- length(psu)
  data.frame(stratum, psu, w = round(4 * exp(rnorm(n, 4, .4))) / 4, sex = sample(1:2, n, TRUE), age = sample(1:3, n, TRUE),
             y = rbinom(n, 1, plogis(-1 + rnorm(sum(counts))[psu])))
}
frames <- list(pairs = persons_of(rep(2, 8)), many = persons_of(c(3, 4, 5, 4)))
design_of <- function(d, ...) svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d, ...)
rep_of <- function(design, ...) as.svrepdesign(design, compress = FALSE, ...)
unstratified <- function(d, units = ~psu) rep_of(svydesign(ids = units, weights = ~w, data = d), type = "JK1")
known <- function(d, ...) 1.1 * xtabs(w ~ sex + age, data = d)
post <- function(r, d) postStratify(r, ~sex + age, known(d))
raked <- function(r, d) rake(r, list(~sex, ~age), list(1.1 * xtabs(w ~ sex, d), 1.1 * xtabs(w ~ age, d)))
greg <- function(r, d) calibrate(r, ~factor(sex) + factor(age), compress = FALSE, population = 1.05 * colSums(d$w * model.matrix(~factor(sex) + factor(age), d)))

# Successive differences (Fay and Train 1995): unit i has 1 + 2^-1.5 (a_i - a_(i+1)) of the rows of a Hadamard matrix.
differences <- function(d) {
  h <- 1 - 2 * hadamard(max(d$psu) + 1)
  h <- h[-1, ]                                               # the first row is constant
  d$w * (1 + 2^-1.5 * (h[d$psu, ] - h[d$psu %% nrow(h) + 1, ]))
}
# Paired jackknife: of each pair one PSU, drawn at random, is dropped, and the other doubled.
paired <- function(d) sapply(1:8, function(s) {
  dropped <- 2 * s - sample(0:1, 1)
  d$w * ifelse(d$stratum != s, 1, ifelse(d$psu == dropped, 0, 2))
})

# Persons of strata that all replicates keep as they are.
kept <- function(columns, rows, w) {
  columns[rows, ] <- w[rows]
  columns
}

patterns <- list(pairs = with(list(d = frames$pairs), {
  p <- design_of(d)
  certain <- d$stratum >= 7
  brr <- rep_of(p, type = "BRR")
  list(brr = brr, fay3_ = rep_of(p, type = "Fay", fay.rho = .3), fay5_ = rep_of(p, type = "Fay", fay.rho = .5),
       jk1_ = unstratified(d), jkn = rep_of(p, type = "JKn"), jk2_ = paired(d), jk2certain = kept(paired(d), certain, d$w),
       raowu = rep_of(p, type = "subbootstrap", replicates = 30), canty = rep_of(p, type = "bootstrap", replicates = 30),
       sdr = differences(d), brrcertain = kept(as.matrix(weights(brr, "analysis")), certain, d$w),
       brrpost = post(brr, d), fayrake = raked(rep_of(p, type = "Fay", fay.rho = .3), d), jkngreg = greg(rep_of(p, type = "JKn"), d))
}), many = with(list(d = frames$many), {
  p <- design_of(d)
  list(jk1_ = unstratified(d), groups = unstratified(transform(d, group = psu %% 8), ~group), jkn = rep_of(p, type = "JKn"),
       takeall = kept(as.matrix(weights(rep_of(p, type = "JKn"), "analysis"))[, 1:12], d$stratum == 4, d$w),
       raowu = rep_of(p, type = "subbootstrap", replicates = 40), canty = rep_of(p, type = "bootstrap", replicates = 40),
       jk1post = post(unstratified(d), d), jknpost = post(rep_of(p, type = "JKn"), d),
       jk1strata = postStratify(unstratified(d), ~stratum, xtabs(w ~ stratum, d)),
       bootgreg = greg(rep_of(p, type = "subbootstrap", replicates = 40), d))
}))

for (name in names(frames)) {
  table <- frames[[name]]
  for (pattern in names(patterns[[name]])) {
    made <- patterns[[name]][[pattern]]
    columns <- matrix(if (inherits(made, "svyrep.design")) as.matrix(weights(made, "analysis")) else made, nrow(table))
    own <- if (inherits(made, "svyrep.design")) weights(made, "sampling") else table$w
    if (max(abs(own - table$w)) > 1e-9) table[[paste0("w_", pattern)]] <- signif(own, 7)
    colnames(columns) <- paste0(pattern, seq_len(ncol(columns)))
    table <- cbind(table, signif(columns, 7))
  }
  write.csv(table, sprintf("tests/golden/data/replicate_methods_%s.csv", name), row.names = FALSE, quote = FALSE)
}
