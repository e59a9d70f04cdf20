<?php

declare(strict_types=1);

namespace Retain\Tests;

/** The raw functions as the stub declares them, with arguments that work. */
final class RawCalls
{
    /** Arguments that work, by parameter; where functions differ, by function and parameter. */
    private const GOOD = [
        'context' => null,
        'customer' => [7, 7, 9, 7],
        'day' => [0, 14, 3, 14],
        'value' => [10.0, 20.0, 5.0, 4.0],
        'order' => null,
        'cancelled' => [0, 0, 0, 0],
        'multiple' => null,
        'value_low' => null,
        'observation_end' => 28,
        'calibration_end' => 10,
        'attribute' => [5, 0, 5, 1],
        'unit_days' => 7.0,
        'occasion_days' => 1,
        'count_zero_orders' => 0,
        'customers' => [7, 9],
        'instants' => [1679788800, 1698541200],
        'offsets' => [3600, 0],
        'initial_offset' => 0,
        'seconds' => [0, 1687994999],
        'days' => [0, 19537],
        'first_day' => 0,
        'last_day' => 100,
        'calendar' => 0,
        'period' => 0,
        'step' => 1,
        'first_weekday' => 1,
        'edges' => [0, 7, 14, 28],
        'window_days' => 10,
        'window_quantile' => 0.5,
        'quantile' => 0.5,
        'level' => 0.95,
        'kind' => 0,
        'count_running' => 0,
        'retain_cohort_shape.rows' => 2,
        'retain_cohort_cells.rows' => 2,
        'retain_cohort_compare.rows' => 2,
        'retain_cohort_compare.group' => [1, 0],
        'row' => 0,
        'other' => 1,
        'column' => 1,
        'axis' => 0,
        'age_edges' => null,
        'group_customer' => [7, 9],
        'retain_cohort_shape.group' => [1, 0],
        'retain_cohort_cells.group' => [1, 0],
        'group_count' => 2,
        'margin_customer' => null,
        'replicates' => 5,
        'exposed' => [10.0, 10.0, 20.0, 0.0],
        'retain_cohort_overall.columns' => 2,
        'cumulative' => [10.0, 15.0, 20.0, NAN],
        'retain_cohort_payback.cost' => [12.0, 30.0],
        'size' => [10.0, 20.0],
        'active' => [10.0, 5.0, 20.0, NAN],
        'model' => [1.0, 7.0, 0.55, 10.6, 0.6, 11.7],
        'frequency' => [2.0, 0.0, 5.0],
        't_x' => [30.43, 0.0, 20.0],
        'T' => [38.86, 38.86, 31.0],
        'spend' => [22.35, 1.0, 9.5],
        'weight' => null,
        't' => 13.0,
        'n' => [0.0, 1.0, 2.0],
        'delta' => 0.002,
        'seed' => 42,
        'family' => 2,
        'iterations' => 50,
        'index' => 1,
        'verdict' => 1,
        'status' => 1,
        'margins' => null,
        'margin' => 0.3,
        'horizon_days' => 90.0,
        'annual_rate' => 0.1,
        'revenue' => [10.0, 20.0],
        'historic' => [10.0, 20.0],
        'residual' => [5.0, 6.0],
        'risk' => [0.25, 0.5],
        'cuts' => [0.3, 0.6],
        'cost' => 1.0,
        'effect' => 0.1,
        'year' => [2024, 2023],
        'month' => [2, 12],
        'score' => [10.0, 9.0, 3.0, 7.0],
        'groups' => 2,
        'lowest' => 0.0,
        'highest' => 10.0,
        'top' => 2.0,
        'responses' => [10.0, 20.0],
        'invited' => [30.0, 40.0],
        'promoters' => [5.0, 10.0],
        'detractors' => [2.0, 10.0],
        'of_promoters' => [1.0, 0.0],
        'of_detractors' => [1.0, 3.0],
        'of_responses' => [2.0, 5.0],
        'responses_customer' => [7, 9, 9, 5],
        'responses_day' => [3, 4, 15, 20],
        'choice' => 0,
        'retain_survey_nps_groups.group' => [0, 1, 1, 0],
        'retain_survey_csat.group' => [0, 1, 1, 0],
        'retain_survey_ces.group' => [0, 1, 1, 0],
        'retain_signals_effect.group_customer' => [7, 9],
        'retain_signals_effect.group' => [0, 1],
        'retain_signals_effect.group_count' => 2,
        'retain_signals_effect.horizon_days' => 7,
        'retain_signals_effect.edges' => null,
        'event_customer' => [7, 9, 7, 5],
        'event_day' => [3, 5, 20, 1],
        'event_value' => [1.5, NAN, 2.0, 3.0],
        'retain_signals_per_customer.kind' => [0, 1, 1, 0],
        'kinds' => 2,
        'known_since' => [0, 2],
        'exposure_days' => 5,
        'order_numbers' => 4,
        'value_classes' => 5,
        'retain_survey_nps.responses' => 10.0,
        'retain_survey_nps.promoters' => 5.0,
        'retain_survey_nps.detractors' => 2.0,
        'retain_survey_nps_low.responses' => 10.0,
        'retain_survey_nps_low.promoters' => 5.0,
        'retain_survey_nps_low.detractors' => 2.0,
        'retain_survey_nps_high.responses' => 10.0,
        'retain_survey_nps_high.promoters' => 5.0,
        'retain_survey_nps_high.detractors' => 2.0,
        'retain_survey_retention.horizon_days' => 5,
        'retain_survey_retention.cuts' => null,
        'steps' => 3,
        'ages' => [0, 7, 14, 28],
        'second_of_day' => [0, 3600, 7200, 86399],
        'occasion' => 2,
        'interval' => 0,
        'shares' => [0.25, 0.5],
        'group_customer' => [7, 9],
        'group_count' => 2,
        'retain_repeat_funnel.horizon_days' => 14,
        'retain_repeat_time_compare.horizon_days' => 14,
        'retain_repeat_time_compare.group' => [0, 1],
        'retain_repeat_time_within.days' => [5.0, 10.0],
        'opened' => [0, 100, 200, 50],
        'ended' => [10, 150, PHP_INT_MIN, 60],
        'closed' => [20, 160, PHP_INT_MIN, PHP_INT_MIN],
        'resolved' => [20, 160, PHP_INT_MIN, 70],
        'contacts' => [1.0, 2.0, 1.0, 1.0],
        'quantiles' => [0.5, 0.9],
        'target' => 30,
        'unit' => 60.0,
        'within' => 40,
        'promised' => [5, 9, 20, 30],
        'delivered' => [4, 10, PHP_INT_MIN, 3],
        'ordered' => [1, 2, 3, 4],
        'returned' => [PHP_INT_MIN, 9, PHP_INT_MIN, 5],
        'retain_service_times.observation_end' => 300,
        'retain_service_contacts.observation_end' => 300,
        'retain_service_times.group' => [0, 1, 1, 0],
        'retain_service_contacts.group' => [0, 1, 1, 0],
        'retain_service_late.group' => [0, 1, 1, 0],
        'retain_service_returns.group' => [0, 1, 1, 0],
        'retain_calendar_numbers.day' => [29, 31],
        'retain_calendar_weekday.day' => 19000,
        'retain_calendar_is_leap.year' => 2024,
        'retain_btyd_expected.t' => [0.0, 1.0, 52.0],
        'retain_spend_fit.model' => true,
        'retain_btyd_fit.model' => true,
        'retain_spend_likelihood.model' => [6.25, 3.74, 15.44],
        'retain_spend_expected.model' => [6.25, 3.74, 15.44],
        'retain_clv_residual.value' => [10.0, 20.0, 30.0],
        'successes_1' => 56.0,
        'trials_1' => 70.0,
        'successes_2' => 48.0,
        'trials_2' => 80.0,
        'activity' => 0,
        'amounts' => [10.0, 12.0, 5.0, 0.0],
        'retain_revenue_amounts.periods' => 2,
        'retain_revenue_profit.periods' => 24,
        'retain_revenue_profit.retention' => [0.5, 0.6],
        'retain_revenue_cost_per_customer.customers' => 40.0,
        'retain_revenue_cost_per_customer.spend' => 1200.0,
        'base_retention' => 0.5,
        'span' => 1,
        'lag' => 1,
        'part' => [1.0, 2.0],
        'whole' => [2.0, 4.0],
        'retain_crr_flags.active' => [1, 0, 1, 1],
        'retain_crr_flags.instants' => 2,
        'days_since_last' => [3.0, 30.0],
        'occasions' => [1.0, 2.0],
        'bins' => 5,
        'recency' => [10.0, 20.0],
        'monetary' => [10.0, 20.0],
        'retain_rfm_scores.frequency' => [2.0, 3.0],
        'retain_rfm_days_since_last.last_day' => [0, 28],
        'retain_rfm_default_segment.r' => 5,
        'retain_rfm_default_segment.f' => 4,
        'retain_rfm_default_segment.m' => 3,
        'retain_rfm_segment_name.segment' => 1,
        'retain_rfm_segments.r' => [1, 5, 3],
        'retain_rfm_segments.f' => [1, 5, 3],
        'retain_rfm_segments.m' => [1, 5, 3],
        'map' => null,
        'retain_rfm_table.segment' => [0, 2],
        'segments' => 3,
        'before' => [1, 2, 5],
        'before_segment' => [0, 2, 1],
        'after' => [1, 3, 5],
        'after_segment' => [0, 2, 1],
        'retain_rfm_lorenz.p' => [0.2, 0.5],
        'retain_rfm_top_share.p' => [0.2, 0.5],
        'periods' => [3.0, 5.0, 1.0],
        'left' => [1, 0, 1],
        'period_days' => 365.25,
        'survivors' => [100.0, 80.0, 70.0, 65.0, 90.0, 60.0, 50.0, NAN],
        'cohorts' => 2,
        'survived' => [0.0, 2.0, 5.0],
        'decisions' => [3.0, 4.0, 5.0],
        'covariance' => [0.01, 0.005, 0.005, 0.04],
        'moment' => 1,
        'd' => 0.1,
        'retain_contract_fit.family' => 1,
        'retain_contract_fit.periods' => [1.0, 1.0, 2.0, 3.0, 5.0, 5.0, 1.0, 4.0],
        'retain_contract_fit.left' => [1, 1, 1, 1, 0, 0, 1, 0],
        'retain_contract_fit.model' => true,
        'retain_contract_fit_cohorts.family' => 1,
        'retain_contract_fit_cohorts.model' => true,
        'retain_contract_likelihood.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_likelihood_cohorts.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_survival.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_pmf.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_retention.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_discounted.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_elasticity.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_simulate.model' => [1.0, 365.25, 0.7, 1.2],
        'retain_contract_survival.t' => [1.0, 3.0, 12.0],
        'retain_contract_pmf.t' => [1.0, 3.0, 12.0],
        'retain_contract_retention.t' => [1.0, 3.0, 12.0],
        'expected' => [1.5, 0.5, 0.5, 3.0],
        'actual' => [1.0, 2.0, 0.0, 2.0],
        'share' => [0.2, 0.5],
        'retain_evaluation_coverage.low' => [0.0, 0.0, 1.0, 2.0],
        'retain_evaluation_coverage.high' => [1.0, 1.0, 2.0, 3.0],
        'retain_evaluation_by_frequency.frequency' => [0.0, 1.0, 2.0, 5.0],
        'classes' => 3,
        'step_days' => 7,
        'origins' => [15],
        'families' => [1],
        'models' => [1.0, 7.0, 0.55, 10.6, 0.6, 11.7],
        'money' => 0,
        'top_share' => 0.1,
        'fewest' => 1,
        'baseline' => 1,
        'reason' => 1,
        'retain_evaluation_backtest.horizon_days' => 10,
        'retain_evaluation_choose.horizon_days' => 10,
        'retain_crr_over.k' => 12.0,
        'retain_crr_churn_over.k' => 12.0,
    ];

    /** Models need the models' sources to be there; this tells which functions can be called. */
    public const COLUMN = 'Column|array|string|null';

    /** @return array<string, array<string, string>> type by parameter by function, from the stub */
    public static function declared(): array
    {
        $stub = file_get_contents(__DIR__ . '/../../../bindings/php/stubs/retain.stub.php');
        preg_match_all('/^    function (retain_\w+)\(([^)]*)\): (\w+) \{\}$/m', $stub, $found, PREG_SET_ORDER);
        $functions = [];
        foreach ($found as [, $function, $parameters, $returns]) {
            $functions[$function] = [];
            preg_match_all('/([?\w|\\\\]+) \$(\w+)/', $parameters, $parts, PREG_SET_ORDER);
            foreach ($parts as [, $type, $name]) {
                $functions[$function][$name] = $type;
            }
        }
        return $functions;
    }

    /** @return array<string, mixed> arguments that work, by parameter */
    public static function good(string $function): array
    {
        $arguments = [];
        foreach (self::declared()[$function] as $name => $type) {
            $arguments[$name] = match (true) {
                array_key_exists("$function.$name", self::GOOD) => self::GOOD["$function.$name"],
                $type === 'bool' => true,
                array_key_exists($name, self::GOOD) => self::GOOD[$name],
                $type === 'float' => 1.5,
                default => throw new \LogicException("no argument for $function(\$$name)"),
            };
        }
        return self::fitting($function, $arguments);
    }

    /**
     * Outputs that exclude each other.
     *
     * @param array<string, mixed> $arguments
     * @return array<string, mixed>
     */
    private static function fitting(string $function, array $arguments): array
    {
        if ($function === 'retain_orders_compact') {
            $arguments['out_order'] = false;
        }
        return $arguments;
    }

    /** What sentences call an argument of a raw function. */
    public static function spoken(string $name): string
    {
        $others = [
            'age_edges' => 'ages', 'event_customer' => 'customer', 'event_day' => 'day', 'event_value' => 'value', 'group' => 'by',
            'margin_customer' => 'margin', 'responses_customer' => 'customer', 'responses_day' => 'day', 't_x' => 't_x', 'out_t_x' => 'outT_x',
        ];
        return $others[$name] ?? lcfirst(str_replace('_', '', ucwords($name, '_')));
    }
}
