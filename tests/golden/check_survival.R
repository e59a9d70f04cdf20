# Compares golden values of survival, cox, accelerated and concordance, which come from their definitions in exact or 50-digit arithmetic, with what
# R's survival (T. M. Therneau) says of the same rows. Prints how many figures of each table agree, and how closely; ends with an error when any
# does not.
#
#   Rscript tests/golden/check_survival.R
#
# What R has no counterpart of is not looked at: log-rank tests with weights or late entry, accelerated failure time with late entry, forecasts for
# customers who have lasted a while, limits of a cumulative hazard. Nor are standard errors of Uno's C, in which R takes the weights of pairs
# for known.
#
# A weight of the library's counts customers: one of weight 3 is three. Most of R's weights do the same; where they do not, R is given each row as many times.

here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))))
source(file.path(here, "check.R"))
suppressMessages(library(survival))

# --- survival -------------------------------------------------------------------------------------------------------------------------

compare_curve <- function(table, curve, want, names) {
  at <- match(want$time, curve$time)
  theirs <- list(at_risk = curve$n.risk, events = curve$n.event, censored = curve$n.censor, survival = curve$surv,
                 error = curve$surv * curve$std.err, low = curve$lower, high = curve$upper, hazard = curve$cumhaz,
                 hazard_error = curve$std.chaz)
  for (figure in names(names)) {
    golden <- want[[names[[figure]]]]
    value <- theirs[[figure]][at]
    if (figure %in% c("error", "low", "high")) value[curve$surv[at] %in% c(0, 1)] <- NA
    compare(table, figure, golden, value)
  }
}

check_oracle_curves <- function() {
  data <- read_golden("survival/survival_data")
  want <- read_golden("survival/kaplan_meier")
  for (name in unique(want$dataset)) {
    rows <- data[data$dataset == name, ]
    these <- want[want$dataset == name, ]
    for (type in c("log-log", "plain")) {
      curve <- survfit(Surv(time, event) ~ 1, rows, conf.type = type, timefix = FALSE)
      limits <- if (type == "plain") c(low = "plain_low", high = "plain_high") else c(low = "loglog_low", high = "loglog_high")
      compare_curve("survival/kaplan_meier", curve, these,
                    c(at_risk = "n_risk", events = "n_event", censored = "n_censor", survival = "km", error = "greenwood_se", limits,
                      hazard = "nelson_aalen", hazard_error = "nelson_aalen_se"))
    }
  }
  data <- read_golden("survival/left_truncated_data")
  want <- read_golden("survival/left_truncated_km")
  for (name in unique(want$dataset)) {
    rows <- data[data$dataset == name, ]
    curve <- survfit(Surv(entry, exit, event) ~ 1, rows, timefix = FALSE)
    compare_curve("survival/left_truncated_km", curve, want[want$dataset == name, ],
                  c(at_risk = "n_risk", events = "n_event", survival = "km", error = "greenwood_se", hazard = "nelson_aalen"))
  }
}

check_shop_curves <- function() {
  rows <- read_golden("survival/durations")
  want <- read_golden("survival/curve")
  for (name in unique(want$case)) {
    these <- want[want$case == name, ]
    of <- these[1, ]
    weight <- if (of$weights) rows$weight else rep(1, nrow(rows))
    mine <- rows[weight > 0, ]
    mine$w <- weight[weight > 0]
    y <- if (of$entries) with(mine, Surv(entry, exit, event)) else with(mine, Surv(exit, event))
    curve <- survfit(y ~ 1, weights = mine$w, robust = FALSE, conf.int = of$level, conf.type = of$interval, timefix = FALSE,
                     start.time = if (of$start > 0) of$start + 1e-9 else NULL) # R's includes who ends at the start itself
    compare_curve("survival/curve", curve, these,
                  c(at_risk = "at_risk", events = "events", survival = "survival", error = "standard_error", low = "low", high = "high",
                    hazard = "hazard", hazard_error = "hazard_error"))
  }
  plain <- read_golden("survival/test")
  test <- survdiff(Surv(exit, event) ~ group, rows)
  compare("survival/test", "chi_squared", plain$chi_squared[plain$case == "plain"], test$chisq)
}

# --- Cox regression -------------------------------------------------------------------------------------------------------------------

exactly <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50, timefix = FALSE)

check_oracle_regressions <- function() {
  data <- read_golden("cox/cox_data")
  want <- read_golden("cox/cox")
  for (name in unique(want$dataset)) {
    rows <- data[data$dataset == name, ]
    for (ties in unique(want$ties[want$dataset == name])) {
      these <- want[want$dataset == name & want$ties == ties, ]
      fit <- coxph(as.formula(paste("Surv(entry, exit, event) ~", paste(these$covariate, collapse = " + "))), rows, ties = ties,
                   control = exactly)
      compare("cox/cox", "coef", these$coef, unname(coef(fit)))
      compare("cox/cox", "se", these$se, unname(sqrt(diag(vcov(fit)))))
      compare("cox/cox", "log L at 0", these$loglik_null[1], fit$loglik[1])
      compare("cox/cox", "log L", these$loglik[1], fit$loglik[2])
      compare("cox/cox", "score test", these$score_test[1], unname(fit$score))
    }
  }
}

# With `times`, each row that many times its weight.
fit_shop <- function(of, rows, times = 1) {
  rows$w <- if (of$weights) rows$weight else 1
  if (times > 1) {
    rows <- rows[rep(seq_len(nrow(rows)), times * rows$w), ]
    rows$w <- 1
  }
  rows$late <- if (of$late) rows$entry else 0
  formula <- if (of$strata) Surv(late, exit, event) ~ tickets + plan + strata(stratum) else Surv(late, exit, event) ~ tickets + plan
  coxph(formula, rows, weights = w, ties = of$ties, control = exactly, robust = FALSE, model = TRUE, x = TRUE)
}

check_shop_regressions <- function() {
  rows <- read_golden("cox/shop_rows")
  cases <- read_golden("cox/shop_cases")
  for (k in seq_len(nrow(cases))) {
    of <- cases[k, ]
    fit <- fit_shop(of, rows)
    part <- function(table) {
      want <- read_golden(paste0("cox/shop_", table))
      want[want$case == of$case, ]
    }
    want <- part("coefficients")
    compare("cox/shop_coefficients", "coefficient", want$coefficient, unname(coef(fit)))
    compare("cox/shop_coefficients", "cov0", want$cov0, unname(vcov(fit)[, 1]))
    compare("cox/shop_coefficients", "cov1", want$cov1, unname(vcov(fit)[, 2]))

    reference <- data.frame(tickets = want$reference[1], plan = want$reference[2])
    want <- part("steps")
    for (stratum in unique(want$stratum)) {
      curve <- survfit(fit, newdata = if (of$strata) cbind(reference, stratum = stratum) else reference)
      these <- want[want$stratum == stratum, ]
      compare("cox/shop_steps", "hazard", these$hazard, curve$cumhaz[match(these$time, curve$time)])
    }

    want <- part("proportional")
    for (transform in unique(want$transform)) {
      times <- if (of$weights && transform %in% c("km", "rank")) 2 else 1 # to all rows the same, R's ranks and shares know no weights
      if (times > 1 && of$ties == "efron") next # repeated rows would be ties of another kind
      asked <- if (times > 1) fit_shop(of, rows, times) else fit
      test <- cox.zph(asked, transform = if (transform == "log") log else transform, terms = FALSE)
      compare("cox/shop_proportional", "chi_squared", want$chi_squared[want$transform == transform],
              unname(test$table[, "chisq"]) / times)
    }

    want <- part("residuals")
    at <- want$row + 1
    compare("cox/shop_residuals", "martingale", want$martingale, unname(residuals(fit, "martingale"))[at])
    compare("cox/shop_residuals", "deviance", want$deviance, unname(residuals(fit, "deviance"))[at])
    compare("cox/shop_residuals", "score", c(want$score0, want$score1), as.vector(residuals(fit, "score")[at, ]))
    compare("cox/shop_residuals", "influence", c(want$influence0, want$influence1), as.vector(residuals(fit, "dfbeta")[at, ]))

    want <- part("schoenfeld")
    order_of <- order(if (of$strata) rows$stratum[want$row + 1] else 0 * want$row, want$time, want$row)
    want <- want[order_of, ]
    compare("cox/shop_schoenfeld", "residual", c(want$residual0, want$residual1), as.vector(residuals(fit, "schoenfeld")))
    compare("cox/shop_schoenfeld", "scaled", c(want$scaled0, want$scaled1), as.vector(residuals(fit, "scaledsch")))

    want <- part("survival")
    want <- want[want$from == 0, ]
    for (i in seq_len(nrow(want))) {
      curve <- survfit(fit, newdata = want[i, c("tickets", "plan", if (of$strata) "stratum")], conf.type = "log-log")
      now <- summary(curve, times = want$ahead[i], extend = TRUE)
      compare("cox/shop_survival", "survival", want$survival[i], now$surv)
      compare("cox/shop_survival", "standard_error", want$standard_error[i], now$std.err)
      compare("cox/shop_survival", "low", want$low[i], now$lower)
      compare("cox/shop_survival", "high", want$high[i], now$upper)
    }
  }
}

# --- accelerated failure time ---------------------------------------------------------------------------------------------------------

check_accelerated <- function() {
  rows <- read_golden("cox/shop_rows")
  rows <- rows[rows$exit > 0, ]
  cases <- read_golden("accelerated/cases")
  entries <- read_golden("accelerated/entries")
  families <- c("weibull", "exponential", "loglogistic", "lognormal")
  for (k in which(cases$late == 0)) {
    fit <- survreg(Surv(exit, event) ~ 1, rows, dist = families[cases$family[k] + 1], control = list(rel.tolerance = 1e-14, maxiter = 100))
    want <- entries[entries$case == cases$case[k], ]
    estimate <- c(exp(coef(fit)), 1 / fit$scale)
    error <- sqrt(diag(fit$var))[seq_len(sum(want$standard_error > 0))]
    compare("accelerated/cases", "log_likelihood", cases$log_likelihood[k], fit$loglik[2])
    compare("accelerated/entries", "estimate", want$estimate, unname(estimate))
    compare("accelerated/entries", "standard_error", want$standard_error[seq_along(error)], unname(error * estimate[seq_along(error)]))
  }
}

# --- concordance ----------------------------------------------------------------------------------------------------------------------

check_concordance <- function() {
  rows <- read_golden("concordance/customers")
  want <- read_golden("concordance/pairs")
  for (k in seq_len(nrow(want))) {
    of <- want[k, ]
    mine <- rows
    mine$w <- if (of$weights) rows$weight else 1
    mine <- mine[rep(seq_len(nrow(mine)), 4 * mine$w), ]
    y <- if (of$entries) with(mine, Surv(entry, exit, event)) else with(mine, Surv(exit, event))
    theirs <- concordance(y ~ score, mine, reverse = TRUE, timewt = if (of$kind == "uno") "n/G2" else "n", timefix = FALSE,
                          ymax = if (of$horizon > 0) of$horizon else NULL)
    compare("concordance/pairs", "concordance", of$concordance, unname(theirs$concordance))
    if (of$kind == "harrell") compare("concordance/pairs", "standard_error", of$standard_error, unname(2 * sqrt(theirs$var)))
  }
}

check_oracle_curves()
check_shop_curves()
check_oracle_regressions()
check_shop_regressions()
check_accelerated()
check_concordance()
finish()
