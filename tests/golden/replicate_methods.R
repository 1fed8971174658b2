# Standard errors of replicate weights under their own method, and under others: how wrong a wrong method is.
# make_replicate_methods.R in data/ made the weights, from R's own methods. `own` is the method of a pattern, or the scale that
# R gives with it. `taylor_se` is the standard error of the same weight with strata and PSUs, drawn with replacement.
source("tests/golden/common.R")
suppressWarnings(suppressPackageStartupMessages(library(survey)))

methods <- list(
  brr = list(type = "BRR"), "fay .3" = list(type = "Fay", rho = .3), "fay .5" = list(type = "Fay", rho = .5), jk1 = list(type = "JK1"),
  jk2 = list(type = "JK2"), bootstrap = list(type = "bootstrap"), successive_difference = list(type = "successive-difference"))
nh <- c(3, 4, 5, 4)
each <- rep((nh - 1) / nh, nh)                                # (n_h - 1) / n_h of each PSU of the sample "many"
jkn <- function(rscales) list(type = "JKn", rscales = rscales)
canty <- function(nh, R) { h <- 1 / mean(1 / nh); list(type = "bootstrap", scale = h / ((h - 1) * (R - 1))) }
own <- list(
  pairs = list(brr = methods$brr, fay3_ = methods[["fay .3"]], fay5_ = methods[["fay .5"]], jk1_ = methods$jk1, jkn = jkn(rep(.5, 16)),
    jk2_ = methods$jk2, jk2certain = methods$jk2, raowu = methods$bootstrap, canty = canty(rep(2, 8), 30),
    sdr = methods$successive_difference, brrcertain = methods$brr, brrpost = methods$brr, fayrake = methods[["fay .3"]],
    jkngreg = jkn(rep(.5, 16))),
  many = list(jk1_ = methods$jk1, groups = methods$jk1, jkn = jkn(each), takeall = jkn(each[1:12]), raowu = methods$bootstrap,
    canty = canty(nh, 40), jk1post = methods$jk1, jknpost = jkn(each), jk1strata = methods$jk1, bootgreg = methods$bootstrap))

records <- list()
for (sample in names(own)) {
  file <- sprintf("replicate_methods_%s.csv", sample)
  frame <- read_data(file)
  for (pattern in names(own[[sample]])) {
    weight <- if (is.null(frame[[paste0("w_", pattern)]])) "w" else paste0("w_", pattern)
    se <- function(how) {
      design <- suppressWarnings(do.call(svrepdesign, c(list(data = frame, weights = reformulate(weight),
        repweights = sprintf("^%s[0-9]+$", pattern)), how)))
      as.vector(SE(svymean(~y, design)))
    }
    rule <- own[[sample]][[pattern]]
    units <- svydesign(ids = ~psu, strata = ~stratum, weights = reformulate(weight), data = frame)
    records <- c(records, list(list(id = paste("replicate-methods", sample, pattern, sep = "-"), pattern = pattern,
      design = list(data = file), weight = weight, type = rule$type, scale = rule$scale, rscales = rule$rscales, rho = rule$rho,
      own_se = se(rule), taylor_se = as.vector(SE(svymean(~y, units))), se = lapply(methods, se))))
  }
}
write_golden("replicate_methods.R", records)
