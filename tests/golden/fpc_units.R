# What an FPC in percent does: read as a count of PSUs, it makes the standard error too small. `right` has the sampling fraction,
# `wrong` the same in percent. Second stage: stages.csv, whose households per PSU are given in percent of those that exist.
source("tests/golden/common.R")

one_stage <- function(percent) {
  d <- read_data("clustered.csv")
  drawn <- tapply(d$psu, d$stratum, function(p) length(unique(p)))
  d$percent <- percent(as.vector(100 * drawn[as.character(d$stratum)] / d$fpc))
  d$fraction <- d$percent / 100
  se <- function(fpc) as.vector(SE(svymean(~income, svydesign(~psu, strata = ~stratum, weights = ~weight, data = d, fpc = fpc))))
  list(stage = 1, right = se(~fraction), wrong = se(~percent))
}
two_stages <- function() {
  d <- read_data("stages.csv")
  d$stratum <- factor(d$stratum)
  homes <- tapply(d$home, paste(d$stratum, d$psu), function(h) length(unique(h)))
  d$percent <- as.vector(100 * homes[paste(d$stratum, d$psu)] / d$fpc2)
  d$n_fraction <- as.vector(tapply(d$psu, d$stratum, function(p) length(unique(p)))[as.character(d$stratum)]) / d$fpc
  d$fraction <- d$percent / 100
  se <- function(fpc) as.vector(SE(svymean(~income, svydesign(~psu + home, strata = ~stratum, weights = ~weight, data = d, fpc = fpc, nest = TRUE))))
  list(stage = 2, right = se(~n_fraction + fraction), wrong = tryCatch(se(~fpc + percent), error = function(e) NULL))
}
records <- list(c(list(id = "fpc-percent", design = list(data = "clustered.csv")), one_stage(identity)),
                c(list(id = "fpc-percent-same", design = list(data = "clustered.csv")), one_stage(function(p) 0 * p + 20)),
                c(list(id = "fpc-percent-second", design = list(data = "stages.csv")), two_stages()))
write_golden("fpc_units.R", records)
