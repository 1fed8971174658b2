# The shipped Norvia survey, as classified by the kit: prevalence, number and shares of persons in forced labour, with the
# counts of unresolved persons beside them. export_norvia.py writes it to a temporary CSV; where Python with fltoolkit
# (named by PYTHON) is missing, the committed JSON stays.
#   10 strata (region x area), enumeration areas as PSUs (drawn by PPS: no FPC), weights of the adults asked
#   status 1 case, 0 not, -1 unresolved: an unresolved person is not a case and stays in the denominator
#   months of a case in forced labour; blank for everybody else, and for cases that did not say
# The numbers stand under `numbers`, not `rows`: test_norvia_against_r.py reads them, not test_golden.py.
source("tests/golden/common.R")

export <- function() {
  candidates <- c(Sys.getenv("PYTHON"), ".venv/bin/python", Sys.which("python3"))
  csv <- tempfile(fileext = ".csv")
  for (python in candidates[file.exists(candidates)]) {
    hash <- suppressWarnings(system2(python, c("-m", "tests.golden.export_norvia", csv), stdout = TRUE, stderr = FALSE))
    if (is.null(attr(hash, "status"))) return(list(frame = read.csv(csv, na.strings = ""), sha256 = hash))
  }
}

exported <- export()
if (is.null(exported)) {
  cat("tests/golden/norvia.json: kept as it is, because no Python with fltoolkit was found (set PYTHON)\n")
} else {
  frame <- transform(exported$frame, case = 1 * (status == 1), at_most = 1 * (status != 0))
  d <- make_design("norvia:persons", psu = "psu", frame = frame)

  psus_of <- function(rows) psus_with(d$design, rows)
  kg <- function(m, deff0, psus) {                                         # the kit's default, korn_graubard_rare
    if (m$df < 1) return(c(NaN, NaN))
    if (m$estimate > 0 && m$se > 0) return(korn_graubard(m$estimate, m$se, m$n, rare_df(m$df, psus)))
    size <- m$n / deff0 * (qt(0.975, m$n - 1) / qt(0.975, m$df))^2         # no case: the design effect of the population
    clopper_pearson(0, min(m$n, size), 0.95)
  }
  numbers_of <- function(rows, verb, y) {
    d$frame[[y]] <- frame[[y]]
    measure(d, rows, verb, y)$numbers
  }
  deff_of <- function(m) max(1, m$se^2 * m$n / (m$estimate * (1 - m$estimate)))

  # Every cell of some breakdowns within a population.
  cells_in <- function(population, by) {
    inside <- frame[[population]] == 1
    parts <- lapply(cells(frame, by), function(p) list(key = p$key, rows = p$rows & inside))
    Filter(function(p) any(p$rows), parts)
  }
  estimates <- function(population, verb, by) lapply(cells_in(population, by), function(p) {
    deff0 <- deff_of(numbers_of(frame[[population]] == 1, "mean", "case"))
    rate <- numbers_of(p$rows, "mean", "case")
    bound <- numbers_of(p$rows, "mean", "at_most")
    m <- if (verb == "total") numbers_of(p$rows, "total", "case") else rate
    cases <- sum(frame$case[p$rows])
    psus <- psus_of(p$rows & frame$case == 1)
    ci <- kg(rate, deff0, psus)
    if (verb == "total" && m$df >= 1) {
      none <- rate; none[c("estimate", "se")] <- 0
      ci <- if (cases == 0) c(0, m$population * kg(none, deff0, 0)[2]) else {
        limit <- unlist(limits(m, log_scale = TRUE, psus = psus))
        c(max(limit[1], cases), limit[2])
      }
    }
    scale <- if (verb == "total") m$population else 1
    resolved <- numbers_of(p$rows & frame$status != -1, "mean", "case")$estimate
    open <- sum(frame$status[p$rows] == -1)
    psus <- psus_of(p$rows & frame$at_most == 1)
    # A number's bound has the interval of a number; with unresolved persons it is at most the population.
    high <- if (verb != "total" || m$df < 1) kg(bound, deff0, psus)[2] * scale
            else if (bound$estimate == 0) ci[2]
            else min(limits(numbers_of(p$rows, "total", "at_most"), log_scale = TRUE, psus = psus)$ci_high, if (open > 0) m$population else Inf)
    c(list(key = p$key), m, list(cases = cases, ci_low = ci[1], ci_high = ci[2], unresolved = open,
      resolved_only = resolved * scale, bound_high = bound$estimate * scale, bound_ci_high = high))
  })

  one <- function(population, verb, by, numbers) list(group = "norvia", id = paste("norvia", population, verb, by_label(by), sep = "-"),
    design = d$spec, population = population, verb = verb, by = lapply(by, I), numbers = numbers)
  total_and <- function(group) list(character(), group)

  records <- list()
  for (group in c("sex", "age_group", "region")) for (verb in c("prevalence", "total"))
    records <- c(records, list(one("adults", verb, total_and(group), estimates("adults", verb, total_and(group)))))
  for (verb in c("prevalence", "total"))
    records <- c(records, list(one("workers", verb, total_and("main_job_sector"), estimates("workers", verb, total_and("main_job_sector")))))

  # Sectors of the forced labour itself: numbers out of everybody, shares out of the cases. Shares by sex, too: one of them is above
  # one half, so that the PSUs with cases of the other sex can be the fewer.
  adults <- frame$adults == 1
  cases <- adults & frame$case == 1
  of_cases <- function(verb, rows, group) lapply(sort(unique(frame[[group]][cases]), method = "radix"), function(s) {
    frame$is <<- 1 * (frame$case == 1 & frame[[group]] %in% s)
    d$design <<- update(d$design, is = frame$is)
    m <- numbers_of(rows, verb, "is")
    count <- sum(frame$is[rows])
    psus <- psus_of(rows & frame$is == 1)
    others <- psus_of(rows & frame$is == 0)                                # of a share: PSUs with cases of other categories
    ci <- if (verb == "mean") kg(m, 1, min(psus, others)) else { l <- unlist(limits(m, log_scale = TRUE, psus = psus)); c(max(l[1], count), l[2]) }
    c(list(key = setNames(list(s), group)), m, list(cases = count, ci_low = ci[1], ci_high = ci[2]))
  })
  records <- c(records, list(one("adults", "total", list("sector"), of_cases("total", adults, "sector")),
                             one("adults", "share", list("sector"), of_cases("mean", cases, "sector")),
                             one("adults", "share", list("sex"), of_cases("mean", cases, "sex"))))
  # Months of the cases who said: their mean, and the number on an average day of the 12 months. The survey itself refuses that
  # number, since some cases did not say; the test gives these no month, as here, so that the arithmetic can be compared.
  stated <- frame$case == 1 & !is.na(frame$months)
  frame$share_of_year <- ifelse(stated, frame$months / 12, 0)
  d$design <- update(d$design, months = ifelse(stated, frame$months, 0), stated = 1 * stated, share_of_year = frame$share_of_year)
  d$frame <- transform(frame, stated = 1 * stated)
  in_time <- function(verb, by) lapply(cells_in("adults", by), function(p) {
    if (verb == "duration") {
      m <- measure(list(design = d$design, frame = d$frame), p$rows & stated, "mean", "months")$numbers
      ratio <- svyratio(~months, ~stated, d$design[p$rows & adults, ])
      stopifnot(all.equal(c(m$estimate, m$se), as.vector(c(coef(ratio), SE(ratio))), tolerance = 1e-12))
      return(c(list(key = p$key), m, list(cases = sum(frame$case[p$rows])), limits(m)))
    }
    m <- measure(d, p$rows, "total", "share_of_year")$numbers
    ci <- limits(m, log_scale = TRUE, psus = psus_of(p$rows & frame$adults == 1 & frame$case == 1))
    ci$ci_low <- max(ci$ci_low, sum(frame$share_of_year[p$rows]))
    c(list(key = p$key), m, list(cases = sum(frame$case[p$rows])), ci)
  })
  for (verb in c("duration", "stock"))
    records <- c(records, list(one("adults", verb, total_and("sex"), in_time(verb, total_and("sex")))))
  write_golden("norvia.R", records, persons_sha256 = exported$sha256)
}
