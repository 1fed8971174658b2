# Means and medians of amounts among the cases of the shipped Norvia survey: recruitment fee, debt, months. R reads the amounts and the
# groups from persons.csv by itself, and takes from the kit only who is a case (export_groups.py; where Python with fltoolkit, named by
# PYTHON, is missing, the JSON stays).
#   mean: svyby(svymean) of the cases who stated an amount; interval: t with the degrees of freedom of the design of these persons
#   median: svyquantile(interval.type = "mean", qrule = "math")
# The numbers stand under `numbers`: test_amounts_against_r.py reads them, not test_golden.py.
source("tests/golden/common.R")

python <- Find(file.exists, c(Sys.getenv("PYTHON"), ".venv/bin/python", Sys.which("python3")))
csv <- tempfile(fileext = ".csv")
hash <- suppressWarnings(system2(python, c("-m", "tests.golden.export_groups", csv), stdout = TRUE, stderr = FALSE))
if (!is.null(attr(hash, "status"))) {
  cat("tests/golden/amounts.json: kept as it is, because no Python with fltoolkit was found (set PYTHON)\n")
} else {
  persons <- read.csv("data_samples/norvia_lfs_2025/persons.csv", colClasses = "character", na.strings = "")
  status <- read.csv(csv)
  persons$status <- status$status[match(paste(persons$HH, persons$LINE), paste(status$HH, status$LINE))]
  persons$total <- "total"
  persons$sex <- c("1" = "men", "2" = "women")[persons$SEX]
  persons$region <- c("1" = "Coast", "2" = "Delta", "3" = "Highlands", "4" = "Plains", "5" = "Capital")[persons$REGION]
  stated <- function(column, missing) { v <- suppressWarnings(as.numeric(persons[[column]])); v[v %in% missing] <- NA; v }
  persons$fee <- stated("FEE", 99998); persons$debt <- stated("DEBT", 99998); persons$spell <- stated("FMONTHS", c(98, 99))
  asked <- !is.na(persons$FL_RESULT) & persons$FL_RESULT == "1"
  case <- asked & as.numeric(persons$AGE) >= 18 & persons$status == 1
  weight <- as.numeric(persons$W_FL); weight[is.na(weight)] <- 0
  d <- svydesign(~EA, strata = ~STRATUM, weights = weight, data = persons)

  record <- function(amount, measure, group) {
    rows <- case & !is.na(persons[[amount]])
    part <- subset(d, rows)
    numbers <- lapply(sort(unique(persons[[group]][rows])), function(category) {
      cell <- subset(part, part$variables[[group]] == category)
      row <- if (measure == "mean") {
        m <- svymean(reformulate(amount), cell)
        ci <- as.vector(confint(m, df = degf(cell)))
        list(estimate = as.vector(coef(m)), se = as.vector(SE(m)), ci_low = ci[1], ci_high = ci[2])
      } else {
        q <- svyquantile(reformulate(amount), cell, 0.5, interval.type = "mean", qrule = "math")[[amount]]
        list(estimate = q[1, 1], se = q[1, 4], ci_low = q[1, 2], ci_high = q[1, 3])
      }
      c(list(category = category), row, list(n = nrow(cell), cases = sum(case & persons[[group]] == category)))
    })
    list(id = paste(amount, measure, group, sep = "-"), amount = amount, measure = measure, group = group, numbers = numbers)
  }
  every <- expand.grid(amount = c("fee", "debt", "spell"), measure = c("mean", "median"), group = c("total", "sex", "region"),
    stringsAsFactors = FALSE)
  records <- Map(record, every$amount, every$measure, every$group)
  write_golden("amounts.R", unname(records), persons_sha256 = hash)
}
