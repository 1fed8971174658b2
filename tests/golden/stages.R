# Two stages with the FPC of both (population counts, fractions, persons as the second stage, strata with replacement), PSUs taken
# with certainty, and lonely units at the second stage. R counts a PSU taken with certainty as its users do: as a stratum of its own.
source("tests/golden/common.R")

stages <- function(name, ids, fpc = NULL, strata = "stratum", single_psu = "fail", certainty = NULL, change = identity) {
  frame <- change(read_data("stages.csv"))
  design <- svydesign(ids = ids, strata = as.formula(paste0("~factor(", strata, ")")), data = frame, weights = ~weight, fpc = fpc, nest = TRUE)
  spec <- list(data = "stages.csv", weight = "weight", strata = I("stratum"), psu = I(intersect(all.vars(ids), c("psu", "home", "one_home"))),
               fpc = if (!is.null(fpc)) I(all.vars(fpc)), single_psu = single_psu, certainty = certainty)
  list(name = name, spec = spec, design = design, frame = frame)
}
person <- function(frame) transform(frame, person = seq_len(nrow(frame)))
certain <- function(frame) transform(frame, h = ifelse(certain == 1, 100 + psu, stratum), u = ifelse(certain == 1, 1000 * psu + home, psu))
certainty <- stages("certainty", ~u, strata = "h", certainty = "certain", change = certain)
certainty$spec$psu <- I(c("psu", "home"))

records <- list()
add <- function(d) for (by in list(list(character(), "sex"), list("region"), list(c("sex", "region"))))
  for (v in list(list("mean", "award"), list("mean", "income"), list("total", "award"), list("total", "income_missing"), list("ratio", c("income", "hours"))))
    records <<- c(records, list(record("stages", d$name, d, v[[1]], v[[2]], by, log_scale = v[[1]] == "total" && v[[2]] == "award")))
add(stages("counts", ~psu + home, ~fpc + fpc2))
add(stages("fractions", ~psu + home, ~fraction + fraction2))
add(stages("persons", ~psu + person, ~fpc + fpc_persons, change = person))
add(stages("infinite", ~psu + home, ~fpc_inf + fpc2))
add(certainty)
for (rule in c("certainty", "remove", "adjust")) {
  options(survey.lonely.psu = rule)
  add(stages(paste0("home-", rule), ~psu + one_home, ~fpc + fpc2, single_psu = rule))
}

# "fail" stops at the second stage too, and names the PSU.
options(survey.lonely.psu = "fail")
lonely <- stages("home-fail", ~psu + one_home, ~fpc + fpc2)
stopifnot(inherits(try(svymean(~income, lonely$design), silent = TRUE), "try-error"))
records <- c(records, list(list(group = "stages", id = "stages-lonely-fail-error", verb = "error", y = I("income"), by = list(),
  design = lonely$spec, names = I("6"))))
write_golden("stages.R", records)
