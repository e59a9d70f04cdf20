# Compares golden values of scoring and concordance with what R's pROC (X. Robin et al.) and riskRegression (T. A. Gerds) say of the same rows: AUC with
# DeLong's standard error, the comparison of two scores on the same customers, and AUC and Brier score at a time with censored rows.
#
#   Rscript tests/golden/check_scoring.R
#
# Rows have no weights in either. Standard errors of riskRegression are not compared: they are of another estimator.

here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))))
source(file.path(here, "check.R"))
suppressMessages(library(pROC))
suppressMessages(library(survival))
suppressMessages(library(riskRegression))

check_auc <- function() {
  rows <- read_golden("scoring/customers")
  want <- read_golden("scoring/measures")
  curves <- lapply(c(score = "score", other = "other"), function(name) roc(rows$outcome, rows[[name]], direction = "<", quiet = TRUE))
  for (name in names(curves)) {
    of <- want[want$score_column == name & want$weights == 0, ]
    compare("scoring/measures", "auc", of$auc, as.numeric(auc(curves[[name]])))
    compare("scoring/measures", "auc_error", of$auc_error, sqrt(as.numeric(var(curves[[name]], method = "delong"))))
  }
  of <- read_golden("scoring/comparisons")
  of <- of[of$weights == 0, ]
  test <- roc.test(curves$score, curves$other, paired = TRUE, method = "delong", conf.level = of$level)
  compare("scoring/comparisons", "auc_p_value", of$auc_p_value, test$p.value)
  compare("scoring/comparisons", "limits", c(of$auc_low, of$auc_high), as.numeric(test$conf.int))
}

check_times <- function() {
  rows <- read_golden("concordance/customers")
  times <- c(3, 7, 10)
  ask <- function(forecast, metric) {
    found <- Score(list(model = forecast), Surv(exit, event) ~ 1, rows, times = times, cens.model = "km", metrics = metric, se.fit = FALSE)
    as.data.frame(found[[if (metric == "auc") "AUC" else "Brier"]]$score)
  }
  want <- read_golden("concordance/brier")
  want <- want[want$weights == 0 & !is.na(want$time), ]
  found <- ask(1 - as.matrix(rows[, c("s1", "s2", "s3")]), "brier")
  compare("concordance/brier", "value", want$value, found$Brier[found$model == "model"])
  compare("concordance/brier", "null_value", want$null_value, found$Brier[found$model == "Null model"])
  want <- read_golden("concordance/auc")
  want <- want[want$weights == 0 & want$time %in% times, ]
  compare("concordance/auc", "value", want$value, ask(rows$score, "auc")$AUC)
}

check_auc()
check_times()
finish()
