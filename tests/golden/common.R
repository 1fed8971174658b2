# What the golden scripts share: designs, domains, one measure at a time, and a JSON that keeps every bit.
# Only base R, survey and jsonlite; run from the repository root (see make_all.R).
suppressPackageStartupMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail", warn = 1)

# ---- Designs -----------------------------------------------------------------------------------------------
# `spec` goes into the JSON as the arguments of fl.SurveyDesign; `design` is R's.
read_data <- function(file) read.csv(file.path("tests/golden/data", file), na.strings = "")

make_design <- function(data, strata = "stratum", psu = NULL, fpc = NULL, nest = FALSE, single_psu = "fail",
                        frame = read_data(data)) {
  # Strata as factors: with character strata R 4.4-2 gives an infinite SE under "adjust".
  strata_factor <- data.frame(h = factor(do.call(paste, c(frame[strata], sep = "/"))))
  formula_of <- function(name) if (is.null(name)) NULL else reformulate(name)
  design <- svydesign(ids = if (is.null(psu)) ~1 else reformulate(psu), strata = strata_factor, data = frame,
                      weights = frame$weight, fpc = formula_of(fpc), nest = nest)
  spec <- list(data = data, weight = "weight", strata = I(strata), psu = psu, fpc = fpc, nest = nest, single_psu = single_psu)
  list(spec = spec, design = design, frame = frame)
}

designs <- function() list(
  "clustered-fpc" = make_design("clustered.csv", psu = "psu", fpc = "fpc"),
  "clustered" = make_design("clustered.csv", psu = "psu"),
  "reused-fpc" = make_design("reused.csv", psu = "psu", fpc = "fpc", nest = TRUE),
  "reused" = make_design("reused.csv", psu = "psu", nest = TRUE),
  "srs-fpc" = make_design("srs.csv", fpc = "fpc"),
  "srs" = make_design("srs.csv"),
  "fraction" = make_design("fraction.csv", fpc = "fpc")
)

# ---- Domains -----------------------------------------------------------------------------------------------
# One cell a combination that has a person with a weight. `by` is a list of breakdowns, as fl's list of lists.
cells <- function(frame, by) {
  columns <- unique(unlist(by))
  one_breakdown <- function(set) {
    label <- if (length(set)) do.call(paste, c(frame[set], sep = " / ")) else rep("total", nrow(frame))
    lapply(sort(unique(label[frame$weight > 0]), method = "radix"), function(value) {
      rows <- label == value
      key <- lapply(columns, function(c) if (c %in% set) as.character(frame[[c]][rows][1]) else "total")
      list(key = setNames(key, columns), rows = rows)
    })
  }
  do.call(c, lapply(by, one_breakdown))
}

# ---- Measures ----------------------------------------------------------------------------------------------
# svymean, svytotal or svyratio of one domain, na.rm = TRUE. `y` is a column (for a ratio: two).
survey_call <- function(verb, y, part, deff)
  suppressWarnings(switch(verb,   # R warns where the weights add to less than n; the design effect is then NA
    mean = svymean(reformulate(y), part, na.rm = TRUE, deff = deff, influence = TRUE),
    total = svytotal(reformulate(y), part, na.rm = TRUE, deff = deff, influence = TRUE),
    ratio = svyratio(reformulate(y[1]), reformulate(y[2]), part, na.rm = TRUE, deff = deff, influence = TRUE)))

measure <- function(d, rows, verb, y) {
  part <- d$design[rows, ]
  once <- survey_call(verb, y, part, TRUE)
  again <- survey_call(verb, y, part, "replace")
  counted <- rows & complete.cases(d$frame[y]) & d$frame$weight > 0
  w <- d$frame$weight[counted]
  estimate <- as.vector(coef(once))
  se <- as.vector(SE(once))
  if (se < 1e-13 * abs(estimate)) se <- 0                      # nothing varies: what R leaves is rounding
  influence <- numeric(nrow(d$frame))
  influence[rows] <- attr(once, "influence")
  list(
    numbers = list(
      estimate = estimate, se = se,
      deff = if (se > 0) as.vector(attr(once, "deff")) else NaN,
      deff_replace = if (se > 0) as.vector(attr(again, "deff")) else NaN,
      kish = length(w) * sum(w^2) / sum(w)^2,
      df = degf(d$design[counted, ]), n = length(w), population = sum(w)
    ),
    influence = influence,
    psus = psus_with(d$design, counted & d$frame[[y[1]]] > 0)
  )
}

psus_with <- function(design, rows) length(unique(design$cluster[[1]][rows]))

# Degrees of freedom of what few PSUs carry: at most the PSUs with cases less one.
rare_df <- function(df, psus) if (psus > 0) min(df, max(psus - 1, 1)) else df

# Two-sided limits; NULL where R has no t quantile. Totals of a 0/1 variable: T exp(+- t SE / T), with rare_df where `psus`, the PSUs
# with cases, are known, and never below `floor`, the cases seen.
limits <- function(m, log_scale = FALSE, level = 0.95, psus = 0, floor = 0) {
  if (m$df < 1 || (log_scale && m$estimate == 0)) return(NULL)
  t <- qt(1 - (1 - level) / 2, if (log_scale) rare_df(m$df, psus) else m$df) * c(-1, 1)
  ci <- if (log_scale) m$estimate * exp(t * m$se / m$estimate) else m$estimate + t * m$se
  list(ci_low = if (log_scale) max(ci[1], floor) else ci[1], ci_high = ci[2])
}

# Clopper-Pearson on (size * p, size); Korn-Graubard: the effective size, t-adjusted, capped at the domain's n persons.
clopper_pearson <- function(p, size, level)
  qbeta(c((1 - level) / 2, (1 + level) / 2), size * p + c(0, 1), size * (1 - p) + c(1, 0))

korn_graubard <- function(p, se, n, df, level = 0.95) {
  t <- function(df) qt((1 + level) / 2, df)
  clopper_pearson(p, min(n, p * (1 - p) / se^2 * (t(n - 1) / t(df))^2), level)
}

# The design-based covariance of influences (persons x estimates), PSUs and strata of the whole sample.
covariance_of <- function(design, influences) {
  v <- svyrecvar(influences, design$cluster, design$strata, design$fpc)
  scale <- sqrt(diag(v))
  v[abs(v) < 1e-14 * outer(scale, scale)] <- 0
  unname(v)
}

lower_triangle <- function(v) lapply(seq_len(nrow(v)), function(i) I(v[i, seq_len(i)]))

# ---- One record: one call of fl.mean, fl.total or fl.ratio ---------------------------------------------------
record <- function(group, name, d, verb, y, by, log_scale = FALSE) {
  parts <- cells(d$frame, by)
  measured <- lapply(parts, function(p) measure(d, p$rows, verb, y))
  influences <- sapply(measured, `[[`, "influence")
  v <- covariance_of(d$design, influences)
  if (length(by) == 1 && length(by[[1]])) check_svyby(d$design, verb, y, by[[1]], measured, v)
  whole <- log_scale && all(d$frame$weight == 0 | d$frame$weight >= 1)     # every weight stands for at least one person
  seen <- function(p) if (whole) sum(d$frame[[y]][p$rows & d$frame$weight > 0], na.rm = TRUE) else 0
  rows <- Map(function(p, m) c(list(key = p$key), m$numbers, limits(m$numbers, log_scale, psus = m$psus, floor = seen(p))), parts, measured)
  list(group = group, id = paste(name, verb, paste(y, collapse = "/"), by_label(by), sep = "-"), design = d$spec,
       verb = verb, y = I(y), by = lapply(by, I), rows = rows, covariance = lower_triangle(v))
}

by_label <- function(by) paste(sapply(by, function(s) if (length(s)) paste(s, collapse = "*") else "overall"), collapse = "+")

# The same numbers from svyby: nothing above may differ from what a user of R would see.
check_svyby <- function(design, verb, y, set, measured, v) {
  fun <- switch(verb, mean = svymean, total = svytotal, ratio = svyratio)
  arguments <- list(formula = reformulate(y[1]), by = reformulate(set), design = design, FUN = fun, na.rm = TRUE)
  if (verb == "ratio") arguments$denominator <- reformulate(y[2])
  r <- suppressWarnings(do.call(svyby, c(arguments, covmat = TRUE)))
  keys <- do.call(paste, c(lapply(set, function(c) as.character(r[[c]])), sep = " / "))
  r_order <- order(keys, method = "radix")
  close <- function(a, b) isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = 1e-12))
  number <- function(k) sapply(measured, function(m) m$numbers[[k]])
  stopifnot(close(coef(r)[r_order], number("estimate")), close(vcov(r)[r_order, r_order], v),
            getOption("survey.lonely.psu") != "fail" || close(SE(r)[r_order], number("se")))
}

# ---- JSON ----------------------------------------------------------------------------------------------------
# 17 significant digits, so that reading gives the same double; NaN, Inf as strings. jsonlite stops at 15, hence
# the marked strings whose quotes are then taken away.
exact <- function(x) {
  if (is.list(x)) return(lapply(x, exact))
  if (!is.numeric(x)) return(x)
  text <- ifelse(is.finite(x), sprintf("#%.17g#", x), ifelse(is.na(x), "NaN", ifelse(x > 0, "Inf", "-Inf")))
  if (inherits(x, "AsIs")) I(text) else text
}

sha256 <- function(file) unname(tools::sha256sum(file))

write_golden <- function(script, records, ...) {
  path <- file.path("tests/golden", script)
  ids <- sapply(records, `[[`, "id")
  stopifnot(!anyDuplicated(ids))
  data <- setdiff(unique(unlist(lapply(records, function(r) r$design$data))), NA)
  files <- file.path("tests/golden", c("common.R", file.path("data", data[file.exists(file.path("tests/golden/data", data))])))
  head <- list(script = script, script_sha256 = sha256(path),
               files_sha256 = setNames(lapply(files, sha256), sub("tests/golden/", "", files)),
               R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")), ...)
  line <- function(x) gsub('"#([^"#]*)#"', "\\1", toJSON(exact(x), auto_unbox = TRUE, null = "null"))
  fields <- sprintf('"%s": %s', names(head), sapply(head, line))
  body <- paste(sapply(records, line), collapse = ",\n")
  text <- sprintf('{\n%s,\n"records": [\n%s\n]\n}', paste(fields, collapse = ",\n"), body)
  stopifnot(validate(text))
  out <- sub("[.]R$", ".json", path)
  writeLines(text, out)
  cat(sprintf("%s: %d records\n", out, length(records)))
}
