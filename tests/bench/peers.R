# What peers.py asks R's survival (T. M. Therneau) to do: the tasks of a benchmark, on the same columns. Prints the least seconds, on the wall and of the
# processor, and the largest size of the process in MiB; writes what was found, a column a file.
#
#   Rscript peers.R FOLDER TASK REPEATS RESULTS

suppressMessages(library(survival))

PATIENCE <- 6 # seconds after which a task is not repeated any more
COLUMNS <- 5  # predictors of the regressions

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
results <- arguments[4]

read_numbers <- function(name) {
  path <- file.path(folder, paste0(name, ".f64"))
  readBin(path, "double", file.size(path) / 8)
}

# Small whole numbers of 64 bits.
read_whole <- function(name) {
  path <- file.path(folder, paste0(name, ".i64"))
  readBin(path, "integer", file.size(path) / 4)[c(TRUE, FALSE)]
}

read_predictors <- function() matrix(read_numbers("x"), ncol = COLUMNS)

# The core of coxph: no formula, no tests, no concordance. Its matrix is made before the clock starts.
fit_cox <- function(column) {
  x <- read_predictors()
  y <- Surv(read_numbers(column), read_numbers("event"))
  start <- rep(0, COLUMNS)
  function() {
    fit <- survival:::coxph.fit(x, y, NULL, NULL, start, coxph.control(), NULL, "efron", NULL)
    list(coefficients = fit$coefficients, errors = sqrt(diag(fit$var)), value = fit$loglik[2])
  }
}

fit_accelerated <- function(family) {
  x <- read_predictors()
  y <- Surv(read_numbers("exit"), read_numbers("event"))
  frame <- data.frame(x)
  names(frame) <- paste0("x", seq_len(COLUMNS))
  frame$y <- y
  function() {
    fit <- survreg(y ~ ., frame, dist = family)
    errors <- unname(sqrt(diag(fit$var)))
    list(estimates = c(fit$coefficients[1], -log(fit$scale), fit$coefficients[-1]),
         errors = c(errors[COLUMNS + 2], errors[2:(COLUMNS + 1)]), value = fit$loglik[2])
  }
}

# With timefix, times that differ by rounding are taken for one.
draw_curve <- function(column, timefix) {
  frame <- data.frame(time = read_numbers(column), event = read_numbers("event"))
  function() {
    curve <- survfit(Surv(time, event) ~ 1, frame, conf.type = "log-log", timefix = timefix)
    list(time = curve$time, survival = curve$surv, low = curve$lower)
  }
}

compare_groups <- function() {
  frame <- data.frame(time = read_numbers("days"), event = read_numbers("event"), group = read_whole("group"))
  function() list(chi_squared = survdiff(Surv(time, event) ~ group, frame)$chisq)
}

find_concordance <- function() {
  y <- Surv(read_numbers("exit"), read_numbers("event"))
  score <- read_numbers("score")
  function() list(harrell = unname(concordancefit(y, score, reverse = TRUE, timefix = FALSE, std.err = FALSE)$concordance))
}

prepare <- switch(arguments[2],
  cox_fit = function() fit_cox("exit"),
  cox_fit_days = function() fit_cox("days"),
  accelerated_weibull = function() fit_accelerated("weibull"),
  accelerated_log_logistic = function() fit_accelerated("loglogistic"),
  accelerated_log_normal = function() fit_accelerated("lognormal"),
  survival_curve = function() draw_curve("exit", FALSE),
  survival_curve_timefix = function() draw_curve("exit", TRUE),
  survival_days = function() draw_curve("days", FALSE),
  survival_days_timefix = function() draw_curve("days", TRUE),
  survival_compare = compare_groups,
  concordance_harrell = find_concordance,
  stop("no such task: ", arguments[2])
)
work <- prepare()
best <- c(Inf, Inf)
spent <- 0
for (run in seq_len(as.integer(arguments[3]))) {
  gc(verbose = FALSE)
  time <- system.time(found <- work(), gcFirst = FALSE)
  best <- pmin(best, c(time[["elapsed"]], time[["user.self"]] + time[["sys.self"]]))
  spent <- spent + time[["elapsed"]]
  if (spent > PATIENCE) break
}
for (name in names(found)) writeBin(as.double(found[[name]]), file.path(results, paste0(name, ".f64")))
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("^VmHWM", status, value = TRUE)))
cat(sprintf("%.6f %.6f %.0f\n", best[1], best[2], peak / 1024))
