# Profiles of cases: svyby(~item, ~group, subset(design, case), svymean) and svytotal, with the limits and bounds of fl.profile.
#   random   profile.csv, four draws. The cases are found here, from the answers: any involuntary item and any coercive one, both yes.
#   shipped  the Norvia survey and the children of Valdorie, as classified by the kit (export_profile.py writes them to a temporary CSV;
#            where Python with fltoolkit, named by PYTHON, is missing, the committed JSON stays)
# An item is 1 yes, 0 no, -1 unresolved: an unresolved case does not have it and stays in the denominator.
# The numbers stand under `numbers`: tests/estimate/measures/test_profile_of_cases.py reads them, not test_golden.py.
source("tests/golden/common.R")

export <- function(sample) {
  candidates <- c(Sys.getenv("PYTHON"), ".venv/bin/python", Sys.which("python3"))
  csv <- tempfile(fileext = ".csv")
  for (python in candidates[file.exists(candidates)]) {
    hash <- suppressWarnings(system2(python, c("-m", "tests.golden.export_profile", sample, csv), stdout = TRUE, stderr = FALSE))
    if (is.null(attr(hash, "status"))) return(list(frame = read.csv(csv, na.strings = "", check.names = FALSE), sha256 = hash))
  }
}

# Korn-Graubard with df' = min(df, PSUs with the item less 1, PSUs with cases without it less 1); with none, or only those, n / deff0.
limits_of_share <- function(m, with, without, deff0) {
  if (m$df < 1) return(c(NaN, NaN))
  if (m$estimate > 0 && m$estimate < 1 && m$se > 0) return(korn_graubard(m$estimate, m$se, m$n, rare_df(m$df, min(with, without))))
  size <- m$n / deff0 * (qt(0.975, m$n - 1) / qt(0.975, m$df))^2
  clopper_pearson(m$estimate, min(m$n, size), 0.95)
}

# One domain. `y`: the item is yes; `open`: unresolved. `known`: whether PSUs are known (not of replicate weights).
numbers_of <- function(design, frame, rows, y, open, known, deff0) {
  one <- function(v, verb) {
    d <- update(design, v = v)
    part <- d[rows, ]
    call <- function(deff) suppressWarnings(if (verb == "mean") svymean(~v, part, deff = deff) else svytotal(~v, part, deff = deff))
    found <- call(TRUE)
    se <- as.vector(SE(found))
    if (se < 1e-13 * abs(as.vector(coef(found)))) se <- 0
    w <- frame$weight[rows]
    list(estimate = as.vector(coef(found)), se = se, deff = if (se > 0) as.vector(attr(found, "deff")) else NaN,
         df = degf(part), n = sum(rows & frame$weight > 0), population = sum(w))
  }
  psus <- function(which) if (known) psus_with(design, which) else Inf
  yes <- 1 * (y == 1); at_most <- 1 * (y == 1 | open)
  m <- one(yes, "mean"); t <- one(yes, "total"); b <- one(at_most, "mean")
  ci <- limits_of_share(m, psus(rows & yes == 1), psus(rows & yes == 0), deff0)
  high <- limits_of_share(b, psus(rows & at_most == 1), psus(rows & at_most == 0), deff0)[2]
  resolved <- rows & !open
  cases <- sum(yes[rows])
  total <- if (m$df < 1) c(NaN, NaN) else if (cases == 0) {
    c(0, m$population * limits_of_share(modifyList(m, list(estimate = 0, se = 0)), 0, 0, deff0)[2])
  } else {
    half <- exp(qt(0.975, rare_df(m$df, psus(rows & yes == 1))) * t$se / t$estimate)
    c(max(t$estimate / half, cases), t$estimate * half)
  }
  c(m, list(cases = cases, ci_low = ci[1], ci_high = ci[2], unresolved = sum(open[rows]), cases_without = sum(rows & y == 0 & !open),
    resolved_only = sum(frame$weight[resolved] * yes[resolved]) / sum(frame$weight[resolved]), bound_high = b$estimate, bound_ci_high = high,
    total = t$estimate, total_se = t$se, total_low = total[1], total_high = total[2]))
}

deff_of_everyone <- function(design, frame, inside, case) {
  d <- update(design, case = 1 * case)
  found <- svymean(~case, d[inside, ])
  p <- as.vector(coef(found)); n <- sum(inside & frame$weight > 0)
  max(1, as.vector(SE(found))^2 * n / (p * (1 - p)))
}

# Every item by the whole and by each group; each is held against svyby.
profile_of <- function(design, frame, inside, case, items, groups, known) {
  deff0 <- deff_of_everyone(design, frame, inside, case)
  of <- inside & case & frame$weight > 0
  unlist(lapply(names(items), function(item) {
    v <- items[[item]]
    unlist(lapply(c(list(NULL), groups), function(group) {
      label <- if (is.null(group)) rep("total", nrow(frame)) else as.character(frame[[group]])
      values <- sort(unique(label[of]), method = "radix")
      made <- lapply(values, function(value) numbers_of(design, frame, of & label == value, v, v == -1, known, deff0))
      if (!is.null(group)) {
        r <- svyby(~yes, reformulate(group), subset(update(design, yes = 1 * (v == 1), of = of), of), svymean)
        at <- match(values, as.character(r[[group]]))
        close <- function(a, b) isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = 1e-12))
        stopifnot(close(coef(r)[at], sapply(made, `[[`, "estimate")), close(zapsmall(SE(r)[at], 13), zapsmall(sapply(made, `[[`, "se"), 13)))
      }
      Map(function(value, numbers) c(list(item = item, group = if (is.null(group)) "" else group, value = value), numbers), values, unname(made))
    }), recursive = FALSE)
  }), recursive = FALSE)
}

questions <- c("inv1", "inv2", "inv3", "coe1", "coe2", "coe3")
all_draws <- read_data("profile.csv")
random <- lapply(1:4, function(k) {
  frame <- all_draws[all_draws$draw == k, ]
  yes <- function(names) rowSums(frame[names] == 1) > 0
  case <- yes(questions[1:3]) & yes(questions[4:6])
  items <- lapply(frame[questions], function(x) ifelse(x == 1, 1, ifelse(x == 2, 0, -1)))
  psus <- max(frame$psu)
  jackknife <- sapply(seq_len(psus), function(r) frame$weight * (frame$psu != r) * psus / (psus - 1))
  kinds <- list(
    clustered = list(strata = ~stratum, fpc = NULL), fpc = list(strata = ~stratum, fpc = ~fpc), plain = list(strata = NULL, fpc = NULL))
  made <- lapply(names(kinds), function(kind) {
    design <- svydesign(~psu, strata = kinds[[kind]]$strata, fpc = kinds[[kind]]$fpc, weights = ~weight, data = frame)
    list(id = paste("random", k, kind, sep = "-"), draw = k, kind = kind, rows = unname(profile_of(design, frame, TRUE, case, items, list("sex", "region"), TRUE)))
  })
  jk1 <- suppressWarnings(svrepdesign(data = frame, weights = ~weight, repweights = jackknife, type = "JK1"))
  c(made, list(list(id = paste("random", k, "jk1", sep = "-"), draw = k, kind = "jk1",
    rows = unname(profile_of(jk1, frame, TRUE, case, items, list("sex", "region"), FALSE)))))
})
named <- function(records) lapply(records, function(r) { names(r)[names(r) == "rows"] <- "numbers"; c(r, list(design = list(data = "profile.csv"))) })

shipped <- lapply(c("norvia", "valdorie"), function(sample) {
  found <- export(sample)
  if (is.null(found)) return(NULL)
  frame <- found$frame
  nest <- sample == "valdorie"
  design <- svydesign(~psu, strata = data.frame(h = factor(frame$stratum)), weights = ~weight, data = frame, nest = nest)
  items <- frame[grep("/", names(frame), value = TRUE)]
  list(id = paste("shipped", sample, sep = "-"), sample = sample, sha256 = found$sha256, design = list(data = sample),
       numbers = unname(profile_of(design, frame, frame$inside == 1, frame$status == 1, as.list(items), list("sex"), TRUE)))
})
if (any(sapply(shipped, is.null))) {
  cat("tests/golden/profile.json: kept as it is, because no Python with fltoolkit was found (set PYTHON)\n")
} else write_golden("profile.R", c(named(unlist(random, recursive = FALSE)), shipped))
