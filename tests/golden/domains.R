# Domains (where=) and outcomes of one's own: svyby(svymean, svytotal, svyratio) of subset(design, ...), by Taylor, from replicate weights and
# of a raked design. The numbers stand under `numbers`, not `rows`: tests/classify/test_user_defined_domains.py reads them, not test_golden.py.
source("tests/golden/common.R")

numbers_by_sex <- function(design, verb, y) {
  fun <- switch(verb, mean = svymean, total = svytotal, ratio = svyratio)
  arguments <- list(formula = reformulate(y[1]), by = ~sex, design = design, FUN = fun, na.rm = TRUE)
  if (verb == "ratio") arguments$denominator <- reformulate(y[2])
  r <- suppressWarnings(do.call(svyby, arguments))
  lapply(seq_len(nrow(r)), function(i) list(sex = as.character(r$sex[i]), estimate = as.vector(coef(r))[i], se = as.vector(SE(r))[i]))
}
calls <- list(list("mean", "income"), list("total", "award"), list("ratio", c("income", "hours")))
domain_records <- function(kind, spec, design, where, part) lapply(calls, function(call)
  list(kind = kind, design = spec, where = where, verb = call[[1]], y = I(call[[2]]), numbers = numbers_by_sex(part, call[[1]], call[[2]])))

clustered <- make_design("clustered.csv", psu = "psu", fpc = "fpc")
one <- subset(clustered$design, sector == "trade")
two <- subset(clustered$design, sector %in% c("trade", "build") & age_group != "15-24")
ages <- setdiff(sort(unique(clustered$frame$age_group)), "15-24")
records <- c(
  domain_records("taylor", clustered$spec, clustered$design, list(sector = "trade"), one),
  domain_records("taylor", clustered$spec, clustered$design, list(sector = I(c("trade", "build")), age_group = I(ages)), two))

# The design raked before the domain is taken: the whole sample meets the benchmarks.
there <- clustered$frame[clustered$frame$weight > 0, ]
base <- svydesign(ids = ~psu, strata = ~stratum, fpc = ~fpc, data = there, weights = ~weight)
of <- function(column) setNames(aggregate(there["weight"], there[column], function(w) round(1.1 * sum(w))), c(column, "Freq"))
margins <- list(of("sex"), of("age_group"))
margins[[2]]$Freq[1] <- margins[[2]]$Freq[1] + sum(margins[[1]]$Freq) - sum(margins[[2]]$Freq)
raked <- rake(base, list(~sex, ~age_group), margins, control = list(maxit = 500, epsilon = 1e-16))
benchmarks <- do.call(c, lapply(margins, function(m) lapply(seq_len(nrow(m)), function(i)
  list(margin = names(m)[1], category = as.character(m[i, 1]), population = m$Freq[i]))))
records <- c(records, lapply(domain_records("raked", clustered$spec, raked, list(sector = "trade"), subset(raked, sector == "trade")),
                             function(r) c(r, list(benchmarks = benchmarks))))

frame <- read_data("replicates.csv")
for (kind in c("brr", "jk1_", "boot")) {
  type <- c(brr = "BRR", jk1_ = "JK1", boot = "bootstrap")[[kind]]
  design <- suppressWarnings(svrepdesign(data = frame, weights = ~weight, repweights = paste0("^", kind, "[0-9]+$"), type = type))
  spec <- list(data = "replicates.csv", weight = "weight", replicates = paste0(kind, "*"), method = tolower(type))
  records <- c(records, domain_records("replicates", spec, design, list(region = "1"), subset(design, region == 1)))
}

# Of the shipped survey: who answered yes to the question on debt bondage (FC3), read from the file as it is shipped.
norvia <- read.csv("data_samples/norvia_lfs_2025/persons.csv", na.strings = "")
norvia <- transform(norvia, asked = FL_RESULT == 1 & AGE >= 18, weight = ifelse(FL_RESULT == 1, W_FL, 0), yes = 1 * (FC3 %in% 1),
                    both = 1 * (FC3 %in% 1 & FC4 %in% 1), sex = SEX)
whole <- svydesign(ids = ~EA, strata = ~factor(STRATUM), data = norvia, weights = ~weight, nest = TRUE)
outcome_record <- function(y, rural, verb) {
  design <- if (rural) subset(whole, asked & AREA == 2) else subset(whole, asked)
  list(kind = "outcome", outcome = y, rural = rural, verb = verb, numbers = numbers_by_sex(design, verb, y))
}
wanted <- expand.grid(y = c("yes", "both"), rural = c(FALSE, TRUE), verb = c("mean", "total"), stringsAsFactors = FALSE)
records <- c(records, Map(outcome_record, wanted$y, wanted$rural, wanted$verb))
records <- Map(function(r, i) c(list(id = paste("domains", i)), r), unname(records), seq_along(records))
write_golden("domains.R", records)
