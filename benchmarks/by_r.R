# Called by run.py: prevalence in domains with R's survey package, with full covariance. Prints seconds; reading the file is not counted.
arguments <- commandArgs(TRUE)
suppressPackageStartupMessages(library(survey))
frame <- read.csv(arguments[1], colClasses = c("factor", "integer", "numeric", "integer", "factor"))
seconds <- system.time({
  design <- svydesign(~psu, strata = ~stratum, weights = ~w, data = frame)
  found <- svyby(reformulate("y"), reformulate(arguments[2]), design, svymean, covmat = TRUE)
  v <- vcov(found)
})[["elapsed"]]
stopifnot(all(dim(v) == nlevels(frame[[arguments[2]]])))
cat(sprintf("%.17g", c(seconds, sum(coef(found)), sum(v))), "\n")
