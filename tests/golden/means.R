# Means of a 0/1 and of a numeric variable: overall and by domains, with the covariance of all rows of a call.
source("tests/golden/common.R")

total_and_sex <- list(character(), "sex")            # the covariance reaches across the margin
crossed <- list(c("sex", "age_group"))
simple <- list(list(character()), total_and_sex, crossed)
every <- c(total_and_sex, "region", "sector", crossed)

records <- list()
for (name in names(designs())) {
  d <- designs()[[name]]
  clustered <- d$spec$data == "clustered.csv"
  breakdowns <- if (clustered) c(simple, list(list("region"), list("sector"), list(c("sex", "sector")))) else simple
  variables <- c("award", "income", if (clustered) c("award_missing", "income_missing"))
  for (y in variables) for (by in breakdowns) records <- c(records, list(record("means", name, d, "mean", y, by)))
  if (clustered) {
    # 1 for everybody in one sector: the estimate is 1, the SE 0, and there is no design effect.
    records <- c(records, list(record("means", name, d, "mean", "all_yes", list("sector")),
                               record("means", name, d, "mean", "income", every)))
  }
}

# Covariances across a margin once more, by a way of its own: ratios with several numerators in one call.
d <- designs()[["clustered-fpc"]]
with_domains <- update(d$design, all = 1, men = 1 * (sex == 1), award_men = award * (sex == 1))
joint <- vcov(svyratio(~award + award_men, ~all + men, with_domains, covmat = TRUE))
found <- Filter(function(r) r$id == "clustered-fpc-mean-award-overall+sex", records)[[1]]$covariance
stopifnot(all.equal(unname(joint[c(1, 4), c(1, 4)])[lower.tri(diag(2), TRUE)], c(found[[1]], found[[2]]), tolerance = 1e-12))

write_golden("means.R", records)
