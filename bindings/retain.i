/* The raw layer under the Python package and the PHP extension, one function per public function of the library, without its prefix.
 *
 * A shim (shims/ *.h) is plain C: it compares lengths by name, asks the language for output columns, calls the library and leaves the outcome in the
 * context. Only the types of shims/views.h have typemaps; a language adds those for the scalars whose stock conversion is too lenient.
 *
 *   in_ints, in_doubles, in_bytes     columns to read; None or null where optional
 *   in_keys, in_counts, in_flags      the same, for columns that must not change during the call
 *   out_ints *, out_doubles *, out_bytes *   columns to write
 *   record *                          handed back: scalars and reports by name
 *   retain_context *ctx               how to run; raises when ctx->status says so
 */
%module retain

%{
#include "shims/views.h"
%}

#if defined(SWIGPYTHON)
%include "python/arrays.i"
#elif defined(SWIGPHP)
%include "php/arrays.i"
#endif

/* Helpers of the shims are not wrapped. */
%ignore refuse;
%ignore say_lasted;
%ignore require_column;
%ignore match_length;
%ignore match_boosting_rows;
%ignore lower_capacity;
%ignore multiply_rows;
%ignore count_periods;
%ignore retain_is_low_on_memory;
%ignore divide_cells;
%ignore close_ranks;
%ignore count_bands;
%ignore count_results;
%ignore count_segments;
%ignore retain_provide;
%ignore retain_trim;
%rename("$ignore", regexmatch$name="^(view|record)_") "";

%{
#include "shims/decisions.h"
#include "shims/churn_plan.h"
#include "shims/clv.h"
#include "shims/forecasts.h"
#include "shims/dynamic.h"
#include "shims/clv_dynamic.h"
#include "shims/draws.h"
#include "shims/pool.h"
#include "shims/metrics.h"
#include "shims/cohort.h"
#include "shims/ledger.h"
#include "shims/repeat.h"
#include "shims/survey.h"
#include "shims/signals.h"
#include "shims/features.h"
#include "shims/service.h"
#include "shims/calendar.h"
#include "shims/revenue.h"
#include "shims/rfm.h"
#include "shims/spend_orders.h"
#include "shims/contract.h"
#include "shims/contract_draws.h"
#include "shims/survival.h"
#include "shims/cox.h"
#include "shims/cox_forecast.h"
#include "shims/accelerated.h"
#include "shims/hazard.h"
#include "shims/logistic.h"
#include "shims/risk.h"
#include "shims/scoring.h"
#include "shims/boosting.h"
#include "shims/calibration.h"
#include "shims/concordance.h"
#include "shims/evaluation.h"
%}
%include "shims/calendar.h"
%include "shims/orders.h"
%include "shims/metrics.h"
%include "shims/cohort.h"
%include "shims/ledger.h"
%include "shims/repeat.h"
%include "shims/survey.h"
%include "shims/revenue.h"
%include "shims/rfm.h"
%include "shims/signals.h"
%include "shims/features.h"
%include "shims/service.h"
%include "shims/models.h"
%include "shims/spend_orders.h"
%include "shims/contract.h"
%include "shims/survival.h"
%include "shims/cox.h"
%include "shims/cox_forecast.h"
%include "shims/accelerated.h"
%include "shims/hazard.h"
%include "shims/logistic.h"
%include "shims/risk.h"
%include "shims/scoring.h"
%include "shims/boosting.h"
%include "shims/calibration.h"
%include "shims/concordance.h"
%include "shims/forecasts.h"
%include "shims/dynamic.h"
%include "shims/draws.h"
%include "shims/contract_draws.h"
%include "shims/pool.h"
%include "shims/decisions.h"
%include "shims/churn_plan.h"
%include "shims/clv.h"
%include "shims/clv_dynamic.h"
%include "shims/evaluation.h"
