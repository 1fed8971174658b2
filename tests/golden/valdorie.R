# The shipped Valdorie survey, as classified by the kit: adults, children, and both together, each person with the weight of the
# module they answered. export_valdorie.py writes it to a temporary CSV; where Python with fltoolkit (named by PYTHON) is
# missing, the committed JSON stays.
#   10 strata, clusters as PSUs whose numbers restart in each stratum (nest = TRUE), drawn by PPS: no FPC
#   the sum of adults and children is one domain of one design, so that what they share in a cluster is in its variance
#   status 1 case, 0 not, -1 unresolved: an unresolved person is not a case and stays in the denominator
# The numbers stand under `numbers`, not `rows`: test_valdorie_against_r.py reads them, not test_golden.py.
source("tests/golden/common.R")

export <- function() {
  candidates <- c(Sys.getenv("PYTHON"), ".venv/bin/python", Sys.which("python3"))
  csv <- tempfile(fileext = ".csv")
  for (python in candidates[file.exists(candidates)]) {
    hash <- suppressWarnings(system2(python, c("-m", "tests.golden.export_valdorie", csv), stdout = TRUE, stderr = FALSE))
    if (is.null(attr(hash, "status"))) return(list(frame = read.csv(csv, na.strings = ""), sha256 = hash))
  }
}

exported <- export()
if (is.null(exported)) {
  cat("tests/golden/valdorie.json: kept as it is, because no Python with fltoolkit was found (set PYTHON)\n")
} else {
  frame <- transform(exported$frame, case = 1 * (status == 1), at_most = 1 * (status != 0))
  routes <- sort(unique(frame$route[frame$case == 1]), method = "radix")
  for (i in seq_along(routes)) frame[[paste0("on", i)]] <- 1 * (frame$route %in% routes[i])
  d <- make_design("valdorie:persons", psu = "psu", nest = TRUE, frame = frame)
  verb_of <- c(prevalence = "mean", total = "total", share = "mean")

  estimates <- function(population, verb, by) {
    inside <- frame[[population]] == 1
    parts <- lapply(cells(frame, by), function(p) list(key = p$key, rows = p$rows & inside))
    lapply(Filter(function(p) any(p$rows), parts), function(p) {
      m <- measure(d, p$rows, verb_of[[verb]], "case")$numbers
      bound <- measure(d, p$rows, verb_of[[verb]], "at_most")$numbers$estimate
      c(list(key = p$key), m, list(cases = sum(frame$case[p$rows]), unresolved = sum(frame$status[p$rows] == -1), bound_high = bound))
    })
  }
  # By route: numbers out of everybody, shares out of the cases.
  by_route <- function(population, verb) {
    rows <- frame[[population]] == 1 & (verb == "total" | frame$case == 1)
    found <- lapply(seq_along(routes), function(i) {
      y <- paste0("on", i)
      c(list(key = list(route = routes[i])), measure(d, rows, verb_of[[verb]], y)$numbers, list(cases = sum(frame[[y]][rows])))
    })
    Filter(function(row) row$cases > 0, found)
  }

  one <- function(population, verb, by, numbers) list(group = "valdorie", id = paste("valdorie", population, verb, by_label(by), sep = "-"),
    design = d$spec, population = population, verb = verb, by = lapply(by, I), numbers = numbers)
  records <- list()
  for (population in c("adults", "children", "everybody")) {
    for (verb in c("prevalence", "total")) for (group in c("sex", "age_group", "region")) {
      by <- list(character(), group)
      records <- c(records, list(one(population, verb, by, estimates(population, verb, by))))
    }
    if (population != "adults") for (verb in c("total", "share"))
      records <- c(records, list(one(population, verb, list("route"), by_route(population, verb))))
  }
  write_golden("valdorie.R", records, persons_sha256 = exported$sha256)
}
