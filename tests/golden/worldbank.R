# Activity status by sex and by age band in the World Bank's synthetic individual sample (2023; 3,246 persons, 825
# households), which the PyPI package svy bundles. export_worldbank.py writes it to a temporary CSV; where svy (or
# Python, named by PYTHON) is missing, the committed JSON stays.
#   geo1 (4 regions) x urbrur: 7 strata;  ea: 33 enumeration areas, the PSUs (labels unique over the file: no nest)
#   weight (hhweight: 13 values, 52 to 90);  sex (Female, Male);  age_band (00-14, 15-24, 25-54, 55+)
#   act_status: Employed, Unemployed, Inactive, "NIU (not in universe)" (children: a status of its own here)
# Recorded: every status with 0 < share < 1. Intervals: beta and korn_graubard (see intervals.R).
source("tests/golden/common.R")

export <- function() {
  candidates <- c(Sys.getenv("PYTHON"), ".venv/bin/python", Sys.which("python3"))
  csv <- tempfile(fileext = ".csv")
  for (python in candidates[file.exists(candidates)]) {
    hash <- suppressWarnings(system2(python, c("tests/golden/export_worldbank.py", csv), stdout = TRUE, stderr = FALSE))
    if (is.null(attr(hash, "status"))) return(list(frame = read.csv(csv), sha256 = hash))
  }
}

share_rows <- function(d, status, parts) {
  d$design <- update(d$design, is = 1 * (act_status == status))
  d$frame$is <- d$design$variables$is
  lapply(parts, function(p) {
    m <- measure(d, p$rows, "mean", "is")
    if (m$numbers$estimate <= 0 || m$numbers$estimate >= 1) return(NULL)
    part <- d$design[p$rows, ]
    beta <- as.vector(attr(svyciprop(~is, part, method = "beta", df = degf(part)), "ci"))
    kg <- korn_graubard(m$numbers$estimate, m$numbers$se, m$numbers$n, m$numbers$df)
    list(influence = m$influence,
         row = c(list(key = c(p$key, act_status = status)), m$numbers, cases = sum(part$variables$is),
                 list(beta_low = beta[1], beta_high = beta[2], korn_graubard_low = kg[1], korn_graubard_high = kg[2])))
  })
}

exported <- export()
if (is.null(exported)) {
  cat("tests/golden/worldbank.json: kept as it is, because no Python with svy was found (set PYTHON)\n")
} else {
  d <- make_design("svy:ind_sample_wb_2023", strata = c("geo1", "urbrur"), psu = "ea", frame = exported$frame)
  records <- lapply(list(list(character()), list("sex"), list("age_band"), list("sex", "age_band")), function(by) {
    parts <- cells(d$frame, by)
    found <- do.call(c, lapply(sort(unique(d$frame$act_status), method = "radix"), function(s) Filter(Negate(is.null), share_rows(d, s, parts))))
    v <- covariance_of(d$design, sapply(found, `[[`, "influence"))
    list(group = "worldbank", id = paste0("worldbank-share-act_status-", by_label(by)), design = d$spec, verb = "share",
         y = I("act_status"), by = lapply(by, I), rows = lapply(found, `[[`, "row"), covariance = lower_triangle(v))
  })
  write_golden("worldbank.R", records, parquet_sha256 = exported$sha256)
}
