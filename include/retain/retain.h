/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_RETAIN_H
#define RETAIN_RETAIN_H

/** @mainpage libretain
 *
 *  Six concepts, and no seventh: a **status** says whether it worked; a **context** says how to run; **columns** are borrowed
 *  views of the caller's arrays; **options** say what to compute beyond the obvious; a **model** is a plain value; **NaN** is
 *  a number that does not exist. Nothing ever needs to be freed.
 *
 *  The way through the headers: orders.h makes one row per customer from an order log (calendar.h before it makes days and
 *  periods); crr.h, cohort.h, revenue.h and rfm.h say what happened; btyd.h, btyd_future.h and spend.h what to expect, btyd_dynamic.h
 *  in which season, btyd_interval.h and btyd_dynamic_forecast.h how surely, contract.h where customers subscribe, draws.h how surely where
 *  customers are few, survival.h how long anything lasts; clv.h and churn.h what it is worth and whom to act on; calibration.h turns
 *  scores into probabilities; evaluation.h, scoring.h and concordance.h say whether it was right; risk.h does all of that for one
 *  question: who is about to leave. */

#include "retain/accelerated.h"
#include "retain/boosting.h"
#include "retain/btyd.h"
#include "retain/btyd_draws.h"
#include "retain/btyd_dynamic.h"
#include "retain/btyd_dynamic_forecast.h"
#include "retain/btyd_future.h"
#include "retain/btyd_interval.h"
#include "retain/btyd_pool.h"
#include "retain/calendar.h"
#include "retain/calibration.h"
#include "retain/churn.h"
#include "retain/churn_plan.h"
#include "retain/clv.h"
#include "retain/clv_interval.h"
#include "retain/clv_plan.h"
#include "retain/cohort.h"
#include "retain/cohort_cells.h"
#include "retain/cohort_compare.h"
#include "retain/concordance.h"
#include "retain/context.h"
#include "retain/contract.h"
#include "retain/contract_draws.h"
#include "retain/cox.h"
#include "retain/cox_check.h"
#include "retain/cox_forecast.h"
#include "retain/crr.h"
#include "retain/draws.h"
#include "retain/durations.h"
#include "retain/evaluation.h"
#include "retain/evaluation_backtest.h"
#include "retain/evaluation_shocks.h"
#include "retain/events.h"
#include "retain/features.h"
#include "retain/features_durations.h"
#include "retain/fit.h"
#include "retain/hazard.h"
#include "retain/hazard_forecast.h"
#include "retain/ledger.h"
#include "retain/logistic.h"
#include "retain/orders.h"
#include "retain/orders_occasions.h"
#include "retain/predictors.h"
#include "retain/rate.h"
#include "retain/repeat.h"
#include "retain/repeat_time.h"
#include "retain/revenue.h"
#include "retain/rfm.h"
#include "retain/risk.h"
#include "retain/scoring.h"
#include "retain/service.h"
#include "retain/signals.h"
#include "retain/spend.h"
#include "retain/spend_orders.h"
#include "retain/status.h"
#include "retain/survey.h"
#include "retain/survival.h"

#endif
