# The second test of a verdict on change: the excess of unresolved persons counted as cases, on the stacked data of two rounds.
# A case is who has the award. Unresolved are some of the others, more of them in the later round (read off their income).
# The sum of rate and share of unresolved is one mean; of a number the share is multiplied by the later round's population, as a constant.
# The numbers stand under `numbers`, not `rows`: test_unresolved_excess.py reads them.
source("tests/golden/common.R")

files <- c("clustered.csv", "round2.csv")
every <- c(9, 4)
rounds <- do.call(rbind, Map(function(file, r) {
  frame <- read_data(file)[c("stratum", "psu", "weight", "sex", "award", "income")]
  open <- frame$award == 0 & floor(4 * frame$income) %% every[r] == 0
  data.frame(frame, round = r, open = 1 * open, at_most = 1 * (open | frame$award == 1))
}, files, 1:2))

size <- tapply(rounds$weight, rounds$round, sum)
share <- tapply(rounds$weight * rounds$open, rounds$round, sum) / size
r <- rounds$round
# The linearized variable of T + X2*u in each round.
rounds$number <- rounds$award + size[2] * (rounds$open - share[r]) / size[r]

excess_of <- function(shared) {
  own <- if (shared) 0 else rounds$round
  frame <- data.frame(rounds, h = factor(paste(own, rounds$stratum)), i = factor(paste(own, rounds$psu)))
  design <- svydesign(ids = ~i, strata = ~h, data = frame, weights = ~weight)
  by <- svyby(~at_most, ~round, design, svymean, covmat = TRUE)
  by_sex <- svyby(~at_most, ~sex + round, design, svymean, covmat = TRUE)
  all <- svycontrast(by, c(-1, 1))
  sexes <- svycontrast(by_sex, list(c(-1, 0, 1, 0), c(0, -1, 0, 1)))
  number <- svycontrast(svyby(~number, ~round, design, svytotal, covmat = TRUE), c(-1, 1))
  cases <- tapply(rounds$weight * rounds$award, rounds$round, sum)
  list(group = "unresolved", id = if (shared) "shared" else "independent", shared = shared,
    design = list(data = I(files)), numbers = list(
    share = I(unname(share)), change = I(c(unname(coef(all)), unname(coef(sexes)))),
    se = I(c(as.vector(SE(all)), unname(sqrt(diag(vcov(sexes)))))),
    total = unname(diff(cases) + size[2] * diff(share)), total_se = as.vector(SE(number))
  ))
}

write_golden("unresolved.R", list(excess_of(TRUE), excess_of(FALSE)))
