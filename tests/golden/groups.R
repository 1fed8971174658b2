# Rates by the groups that reports use, of the shipped Norvia survey: R makes each group from the answers in persons.csv by itself, and
# takes from the kit only who is a case (export_groups.py; where Python with fltoolkit, named by PYTHON, is missing, the JSON stays).
#   fifths by wealth: svyquantile(qrule = "math") over all persons of the household sample with the household weight; a person is in the
#     first fifth whose upper limit is not below the number. The limits are not written down, only who is in each fifth.
#   disability: Washington Group short set, a lot of difficulty or worse in one of six; one open answer and no such one: not stated
#   occupation: first digit of the ISCO-08 code
# The numbers stand under `numbers`: test_groups_against_r.py reads them, not test_golden.py.
source("tests/golden/common.R")

python <- Find(file.exists, c(Sys.getenv("PYTHON"), ".venv/bin/python", Sys.which("python3")))
csv <- tempfile(fileext = ".csv")
hash <- suppressWarnings(system2(python, c("-m", "tests.golden.export_groups", csv), stdout = TRUE, stderr = FALSE))
if (!is.null(attr(hash, "status"))) {
  cat("tests/golden/groups.json: kept as it is, because no Python with fltoolkit was found (set PYTHON)\n")
} else {
  persons <- read.csv("data_samples/norvia_lfs_2025/persons.csv", colClasses = "character", na.strings = "")
  status <- read.csv(csv)
  persons$status <- status$status[match(paste(persons$HH, persons$LINE), paste(status$HH, status$LINE))]
  number <- function(column) suppressWarnings(as.numeric(persons[[column]]))
  named <- function(column, labels) { v <- labels[persons[[column]]]; v[is.na(v)] <- "not stated"; unname(v) }

  homes <- svydesign(~EA, strata = ~STRATUM, weights = number("W_LFS"), data = transform(persons, WEALTH = number("WEALTH")))
  limits <- coef(svyquantile(~WEALTH, subset(homes, !is.na(WEALTH)), c(.2, .4, .6, .8), qrule = "math", ci = FALSE))
  fifth <- 1 + rowSums(outer(number("WEALTH"), as.numeric(limits), ">"))
  persons$wealth <- ifelse(is.na(fifth), "not stated", c("1 of 5 (lowest)", "2 of 5", "3 of 5", "4 of 5", "5 of 5 (highest)")[fifth])

  answers <- as.matrix(persons[c("SEE", "HEAR", "WALK", "REMEMBER", "CARE", "SPEAK")])
  severe <- rowSums(answers == "3" | answers == "4", na.rm = TRUE) > 0
  open <- rowSums(is.na(answers) | answers == "9") > 0
  persons$disability <- ifelse(severe, "persons with disability", ifelse(open, "not stated", "persons without disability"))

  major <- c("1" = "Managers", "2" = "Professionals", "3" = "Technicians and associate professionals", "4" = "Clerical support workers",
    "5" = "Service and sales workers", "6" = "Skilled agricultural, forestry and fishery workers", "7" = "Craft and related trades workers",
    "8" = "Plant and machine operators, and assemblers", "9" = "Elementary occupations", "0" = "Armed forces occupations")
  persons$main_job_occupation <- unname(major[substr(persons$ISCO, 1, 1)])
  persons$main_job_occupation[is.na(persons$ISCO) | persons$ISCO == "9999"] <- "not stated"
  persons$education <- named("EDU", c("1" = "less than basic education", "2" = "basic education", "3" = "intermediate education", "4" = "advanced education"))
  persons$informality <- named("INFORMAL", c("1" = "informal jobs", "2" = "formal jobs"))
  persons$social_protection <- named("SOCPROT", c("1" = "covered by social protection", "2" = "not covered by social protection"))
  persons$employer <- named("EMPLOYER", c("1" = "public employers", "2" = "private enterprises", "3" = "private households", "4" = "no employer"))
  persons$area <- named("AREA", c("1" = "urban", "2" = "rural"))
  band <- function(column) {
    v <- number(column); v[v == 99998] <- NA
    out <- c("under 1", "1-199", "200-499", "500+")[findInterval(v, c(1, 200, 500)) + 1]
    ifelse(is.na(out), "not stated", out)
  }
  persons$recruitment_fee <- band("FEE"); persons$debt <- band("DEBT")

  asked <- !is.na(persons$FL_RESULT) & persons$FL_RESULT == "1"
  adult <- asked & (number("AGE") >= 18)
  worker <- adult & !is.na(persons$WORKED) & persons$WORKED == "1"
  weight <- number("W_FL"); weight[is.na(weight)] <- 0
  d <- svydesign(~EA, strata = ~STRATUM, weights = weight, data = transform(persons, case = 1 * (status == 1)))
  rates <- function(population, rows, group) {
    by <- svyby(~case, reformulate(group), subset(d, rows), svymean)
    lapply(seq_len(nrow(by)), function(i) list(category = by[[group]][i], estimate = by$case[i], se = by$se[i],
      n = sum(rows & persons[[group]] == by[[group]][i])))
  }
  record <- function(population, rows, group) list(id = paste(population, group, sep = "-"), population = population, group = group,
    numbers = rates(population, rows, group))
  records <- c(lapply(c("area", "education", "disability", "wealth", "social_protection"), function(g) record("adults", adult, g)),
    lapply(c("main_job_occupation", "informality", "employer", "recruitment_fee", "debt"), function(g) record("workers", worker, g)))
  write_golden("groups.R", records, persons_sha256 = hash)
}
