# Called by run.py: a task with R's survey package. Prints seconds and those of the processor, without the reading of the file, and the numbers all must agree on.
arguments <- commandArgs(TRUE)
task <- arguments[1]
suppressPackageStartupMessages(library(survey))
frame <- read.csv(arguments[2])
group <- arguments[3]
sampled <- function() svydesign(~psu, strata = ~stratum, weights = ~w, data = frame)
of_rows <- function(found) c(sum(coef(found)), sum(SE(found)^2))

taken <- system.time(numbers <- switch(task,
  domains = , districts = {
    frame[[group]] <- factor(frame[[group]])
    everybody <- nlevels(frame[[group]]) == 1
    found <- if (everybody) svymean(~y, sampled()) else svyby(~y, reformulate(group), sampled(), svymean, covmat = TRUE)
    c(sum(coef(found)), sum(vcov(found)))
  },
  logit = {
    found <- suppressWarnings(svyglm(y ~ factor(g4) + factor(g5) + factor(g6) + factor(g8), sampled(), family = quasibinomial()))
    c(sum(coef(found)), sum(diag(vcov(found))))
  },
  replicates = {
    design <- svrepdesign(data = frame, weights = ~w, repweights = "^rw[0-9]+$", type = "bootstrap", combined.weights = TRUE)
    of_rows(svyby(~y, ~d20, design, svymean))
  },
  raking = {
    totals <- read.csv(arguments[4], colClasses = c("character", "integer", "numeric"))
    margins <- split(totals, totals$margin)
    frames <- lapply(margins, function(m) setNames(data.frame(m$category, m$population), c(m$margin[1], "Freq")))
    raked <- rake(sampled(), lapply(names(frames), reformulate), unname(frames), control = list(maxit = 100, epsilon = 1e-6, verbose = FALSE))
    of_rows(svyby(~y, ~d20, raked, svymean))
  }))
cat(sprintf("%.17g", c(taken[["elapsed"]], taken[["user.self"]] + taken[["sys.self"]], numbers)), "\n")
