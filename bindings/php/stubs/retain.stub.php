<?php

/*
 * The extension `retain`, for editors and analysers. Nothing here is ever loaded; a test compares it with the extension itself.
 *
 * The functions are the raw layer and internal: use the classes of Retain\ in ../src. Columns go in as lists, packed strings or
 * Retain\Column, and null where they are optional; a bool says whether a column is wanted back. What comes back is an array of
 * the columns that were wanted, by name, and, where there is more to say, the fields of `record`.
 */

namespace Retain {
    /**
     * A column of numbers in one block of memory: 8 bytes a row (uint8: 1), where a PHP list takes 16.
     *
     * Filled row by row while a database cursor is read; read by the library where it is, without copying; and what the library
     * answers with when it is given columns.
     *
     *     $value = Column::float64();
     *     foreach ($pdo->query('SELECT total FROM orders') as $row) {
     *         $value->push($row['total']);
     *     }
     *
     * Rows can be read ($column[0], foreach, count) but not changed. A column cannot be cloned or serialized: store pack().
     */
    final class Column implements \Countable, \IteratorAggregate, \ArrayAccess, \JsonSerializable
    {
        private function __construct() {}

        /**
         * A column of 64-bit ints, empty or with these values.
         *
         * @param list<int|numeric-string>|string|Column|null $values a list, a string of pack('q*', ...), or another column
         * @throws Exception\DataException for a value that is no int
         */
        public static function int64(Column|array|string|null $values = null): Column {}

        /**
         * A column of floats, empty or with these values. Ints and numeric strings are taken as floats; null is refused, NAN is
         * not.
         *
         * @param list<int|float|numeric-string>|string|Column|null $values a list, a string of pack('d*', ...), or another column
         * @throws Exception\DataException for a value that is no number
         */
        public static function float64(Column|array|string|null $values = null): Column {}

        /**
         * A column of bytes, for flags; empty or with these values.
         *
         * @param list<int|bool>|string|Column|null $values a list, a string of pack('C*', ...), or another column
         * @throws Exception\DataException for a value that is no int from 0 to 255 and no bool
         */
        public static function uint8(Column|array|string|null $values = null): Column {}

        /**
         * Adds a row.
         *
         * @throws Exception\DataException for a value of the wrong type; the column stays as it is
         * @throws Exception\MemoryException when memory_limit leaves no room
         * @throws Exception\ArgumentException while a call is reading the column (in a progress callback)
         */
        public function push(string|int|float|bool $value): void {}

        /** Number of rows. */
        public function count(): int {}

        /** 'int64', 'float64' or 'uint8'. */
        public function kind(): string {}

        /** @return list<int|float> */
        public function toArray(): array {}

        /** @return list<int|float|null> the rows, NaN and infinities being null */
        public function jsonSerialize(): array {}

        /** The rows as a string of machine numbers, as pack() makes them: what to store. */
        public function pack(): string {}

        public function offsetExists(mixed $row): bool {}

        /** @throws Exception\ArgumentException for a row that is not there */
        public function offsetGet(mixed $row): int|float {}

        /** @throws Exception\ArgumentException always: rows cannot be changed */
        public function offsetSet(mixed $row, mixed $value): void {}

        /** @throws Exception\ArgumentException always: rows cannot be removed */
        public function offsetUnset(mixed $row): void {}

        /** @return \Iterator<int, int|float> */
        public function getIterator(): \Iterator {}
    }
}

namespace Retain\Exception {
    /** What goes wrong in Retain\: getMessage() names field, row, value and rule; getCode() is the status of the C library. */
    class RetainException extends \RuntimeException
    {
        /** The row that is to blame, counted from 0, if one is. */
        public ?int $row = null;
    }

    /** The call itself is wrong: a missing column, a length, an option out of its range. Code 1. */
    class ArgumentException extends RetainException {}

    /** A row of the data breaks a rule: `row` says which. Code 2. */
    class DataException extends RetainException {}

    /** Internal to the C library: columns are given the room they need. Code 3. */
    class CapacityException extends RetainException {}

    /** memory_limit leaves no room for what was asked. Nothing was changed. Code 4. */
    class MemoryException extends RetainException {}

    /** A model has no trustworthy optimum on these data. Code 5. */
    class ConvergenceException extends RetainException
    {
        /** How far the fit came: a model of the class that was fitted. */
        public ?object $model = null;

        /** What there is to say about it: a Retain\FitReport, or of draws a Retain\Btyd\DrawsReport. */
        public ?object $report = null;

        /** Of a posterior or a bootstrap: the draws all the same, a Retain\Btyd\Draws or Retain\Contract\Draws. */
        public ?object $draws = null;
    }

    /** The progress callback asked to stop, or max_execution_time is over. Code 6. */
    class CancelledException extends RetainException {}
}

namespace {
    use Retain\Column;

    /** @internal */
    function retain_calendar_days(
        ?array $context,
        Column|array|string|null $instants,
        Column|array|string|null $offsets,
        int $initial_offset,
        Column|array|string|null $seconds,
        bool $days,
    ): array {}

    /** @internal */
    function retain_calendar_local(
        ?array $context,
        Column|array|string|null $instants,
        Column|array|string|null $offsets,
        int $initial_offset,
        Column|array|string|null $seconds,
        bool $days,
        bool $second_of_day,
    ): array {}

    /** @internal */
    function retain_calendar_instants(
        ?array $context,
        Column|array|string|null $instants,
        Column|array|string|null $offsets,
        int $initial_offset,
        Column|array|string|null $days,
        bool $seconds,
    ): array {}

    /** @internal */
    function retain_calendar_edges(
        ?array $context,
        int $first_day,
        int $last_day,
        int $calendar,
        int $period,
        int $step,
        int $first_weekday,
        bool $edges,
    ): array {}

    /** @internal */
    function retain_calendar_dates(
        ?array $context,
        int $calendar,
        Column|array|string|null $days,
        bool $year,
        bool $month,
        bool $day,
    ): array {}

    /** @internal */
    function retain_calendar_numbers(
        ?array $context,
        int $calendar,
        Column|array|string|null $year,
        Column|array|string|null $month,
        Column|array|string|null $day,
        bool $days,
    ): array {}

    /** @internal */
    function retain_calendar_weekday(int $day): int {}

    /** @internal */
    function retain_calendar_is_leap(int $calendar, int $year): int {}

    /** @internal */
    function retain_orders_summary(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        float $unit_days,
        int $occasion_days,
        int $count_zero_orders,
        bool $customers,
        bool $first_day,
        bool $last_day,
        bool $orders,
        bool $occasions,
        bool $frequency,
        bool $t_x,
        bool $T,
        bool $spend,
        bool $spend_all,
        bool $revenue,
        bool $gross,
        bool $refunds,
        bool $log_gaps,
    ): array {}

    /** @internal */
    function retain_orders_occasions(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        bool $customers,
        bool $start,
        bool $first,
        bool $occasion,
    ): array {}

    /** @internal */
    function retain_orders_holdout(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $calibration_end,
        int $observation_end,
        float $unit_days,
        int $occasion_days,
        int $count_zero_orders,
        Column|array|string|null $customers,
        bool $holdout_occasions,
        bool $holdout_value,
    ): array {}

    /** @internal */
    function retain_orders_compact(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        bool $out_customer,
        bool $out_day,
        bool $out_value,
        bool $out_value_low,
        bool $out_order,
        bool $out_cancelled,
        bool $out_multiple,
    ): array {}

    /** @internal */
    function retain_orders_last_day(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $count_zero_orders,
    ): array {}

    /** @internal */
    function retain_orders_first(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        Column|array|string|null $attribute,
        int $observation_end,
        int $count_zero_orders,
        bool $customers,
        bool $first,
    ): array {}

    /** @internal */
    function retain_customers_distinct(
        ?array $context,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $spend,
        Column|array|string|null $weight,
        Column|array|string|null $log_gaps,
        float $unit_days,
        bool $out_frequency,
        bool $out_t_x,
        bool $out_T,
        bool $out_spend,
        bool $out_weight,
        bool $out_log_gaps,
        bool $row_of,
    ): array {}

    /** @internal */
    function retain_rate_low(float $successes, float $trials, float $level): float {}

    /** @internal */
    function retain_rate_high(float $successes, float $trials, float $level): float {}

    /** @internal */
    function retain_rate_difference(float $successes_1, float $trials_1, float $successes_2, float $trials_2): float {}

    /** @internal */
    function retain_rate_difference_low(float $successes_1, float $trials_1, float $successes_2, float $trials_2, float $level): float {}

    /** @internal */
    function retain_rate_difference_high(float $successes_1, float $trials_1, float $successes_2, float $trials_2, float $level): float {}

    /** @internal */
    function retain_rate_difference_z(float $successes_1, float $trials_1, float $successes_2, float $trials_2): float {}

    /** @internal */
    function retain_rate_difference_p_value(float $successes_1, float $trials_1, float $successes_2, float $trials_2): float {}

    /** @internal */
    function retain_crr_rate(float $start, float $end, float $gained): float {}

    /** @internal */
    function retain_crr_churn(float $start, float $end, float $gained): float {}

    /** @internal */
    function retain_crr_over(float $rate, float $k): float {}

    /** @internal */
    function retain_crr_churn_over(float $churn, float $k): float {}

    /** @internal */
    function retain_crr_grade(float $rate, Column|array|string|null $cuts): int {}

    /** @internal */
    function retain_crr_periods(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        Column|array|string|null $edges,
        int $occasion_days,
        int $count_zero_orders,
        int $window_days,
        float $window_quantile,
        float $level,
        int $activity,
        int $span,
        bool $start,
        bool $acquired,
        bool $gained,
        bool $retained,
        bool $reactivated,
        bool $lost,
        bool $end,
        bool $crr,
        bool $crr_low,
        bool $crr_high,
        bool $crr_strict,
        bool $crr_strict_low,
        bool $crr_strict_high,
        bool $churn,
        bool $churn_low,
        bool $churn_high,
    ): array {}

    /** @internal */
    function retain_crr_flags(
        ?array $context,
        Column|array|string|null $active,
        int $instants,
        int $span,
        float $level,
        bool $start,
        bool $acquired,
        bool $gained,
        bool $retained,
        bool $reactivated,
        bool $lost,
        bool $end,
        bool $crr,
        bool $crr_low,
        bool $crr_high,
        bool $crr_strict,
        bool $crr_strict_low,
        bool $crr_strict_high,
        bool $churn,
        bool $churn_low,
        bool $churn_high,
    ): array {}

    /** @internal */
    function retain_crr_change(
        ?array $context,
        Column|array|string|null $part,
        Column|array|string|null $whole,
        int $lag,
        float $level,
        bool $change,
        bool $low,
        bool $high,
        bool $p_value,
    ): array {}

    /** @internal */
    function retain_crr_window(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        float $quantile,
    ): array {}

    /** @internal */
    function retain_cohort_active(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        Column|array|string|null $edges,
        int $occasion_days,
        int $count_zero_orders,
        int $kind,
        int $count_running,
        bool $size,
        bool $active,
        bool $orders_placed,
        bool $revenue,
        bool $complete,
    ): array {}

    /** @internal */
    function retain_cohort_retention(
        ?array $context,
        Column|array|string|null $size,
        Column|array|string|null $active,
        float $level,
        bool $retention,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cohort_average(
        ?array $context,
        Column|array|string|null $size,
        Column|array|string|null $active,
        float $level,
        bool $average,
        bool $customers,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cohort_shape(
        ?array $context,
        int $rows,
        int $axis,
        Column|array|string|null $edges,
        Column|array|string|null $age_edges,
        Column|array|string|null $group_customer,
        Column|array|string|null $group,
        int $group_count,
    ): array {}

    /** @internal */
    function retain_cohort_cells(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $rows,
        int $axis,
        Column|array|string|null $edges,
        Column|array|string|null $age_edges,
        Column|array|string|null $group_customer,
        Column|array|string|null $group,
        int $group_count,
        int $occasion_days,
        int $count_zero_orders,
        int $kind,
        int $count_running,
        float $margin,
        Column|array|string|null $margin_customer,
        Column|array|string|null $margins,
        int $replicates,
        int $seed,
        float $level,
        bool $customers,
        bool $exposed,
        bool $active,
        bool $repeat,
        bool $orders,
        bool $occasions,
        bool $gross,
        bool $refunds,
        bool $net,
        bool $cell_margin,
        bool $cell_value,
        bool $value_error,
        bool $interval_low,
        bool $interval_high,
        bool $cumulative,
        bool $cumulative_low,
        bool $cumulative_high,
        bool $complete,
    ): array {}

    /** @internal */
    function retain_cohort_share(
        ?array $context,
        Column|array|string|null $exposed,
        Column|array|string|null $active,
        float $level,
        bool $share,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cohort_overall(
        ?array $context,
        Column|array|string|null $exposed,
        Column|array|string|null $active,
        int $columns,
        float $level,
        bool $overall,
        bool $customers,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cohort_payback(
        ?array $context,
        Column|array|string|null $cumulative,
        Column|array|string|null $age_edges,
        Column|array|string|null $cost,
        bool $payback,
        bool $outcome,
    ): array {}

    /** @internal */
    function retain_cohort_compare(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $rows,
        int $axis,
        Column|array|string|null $edges,
        Column|array|string|null $age_edges,
        Column|array|string|null $group_customer,
        Column|array|string|null $group,
        int $group_count,
        int $row,
        int $other,
        int $column,
        int $occasion_days,
        int $count_zero_orders,
        float $margin,
        Column|array|string|null $margin_customer,
        Column|array|string|null $margins,
        int $replicates,
        int $seed,
        float $level,
    ): array {}

    /** @internal */
    function retain_hazard_periods(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        float $smoothing,
        float $least_events,
        Column|array|string|null $until,
        bool $last,
        bool $at_risk,
        bool $events,
    ): array {}

    /** @internal */
    function retain_hazard_fit(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $customer,
        int $link,
        float $l2,
        float $l1,
        float $smoothing,
        float $least_events,
        Column|array|string|null $until,
        int $groups,
        float $level,
        int $iterations,
        bool $model,
        bool $kind,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $p_value,
        bool $scale,
        bool $ratio,
        bool $covariance,
    ): array {}

    /** @internal */
    function retain_hazard_probability(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $lasted,
        float $level,
        Column|array|string|null $period,
        bool $probability,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_hazard_survival(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $lasted,
        float $level,
        Column|array|string|null $ahead,
        bool $survival,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_hazard_remaining(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $lasted,
        float $level,
        float $horizon,
        bool $mean,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_hazard_reasons(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        int $most,
        int $direction,
        bool $contribution,
        bool $reason,
        bool $share,
        bool $value,
    ): array {}

    /** @internal */
    function retain_ledger_periods(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        Column|array|string|null $edges,
        int $count_zero_orders,
        bool $orders,
        bool $refunded_orders,
        bool $gross,
        bool $refunds_by_order,
        bool $refunds_by_day,
        bool $net_by_order,
        bool $net_by_day,
        bool $unmatched,
        bool $cancelled_value,
        bool $complete,
    ): array {}

    /** @internal */
    function retain_survey_nps(float $promoters, float $detractors, float $responses): float {}

    /** @internal */
    function retain_survey_nps_low(float $promoters, float $detractors, float $responses, float $level): float {}

    /** @internal */
    function retain_survey_nps_high(float $promoters, float $detractors, float $responses, float $level): float {}

    /** @internal */
    function retain_survey_nps_groups(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $group,
        int $groups,
        float $level,
        bool $responses,
        bool $promoters,
        bool $passives,
        bool $detractors,
        bool $nps,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_survey_nps_difference(
        ?array $context,
        Column|array|string|null $promoters,
        Column|array|string|null $detractors,
        Column|array|string|null $responses,
        Column|array|string|null $of_promoters,
        Column|array|string|null $of_detractors,
        Column|array|string|null $of_responses,
        float $level,
        bool $difference,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_survey_csat(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $group,
        int $groups,
        float $lowest,
        float $highest,
        float $top,
        float $level,
        bool $responses,
        bool $satisfied,
        bool $csat,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_survey_ces(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $group,
        int $groups,
        float $lowest,
        float $highest,
        float $level,
        bool $responses,
        bool $ces,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_survey_response(
        ?array $context,
        Column|array|string|null $responses,
        Column|array|string|null $invited,
        float $level,
        bool $rate,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_survey_retention(
        ?array $context,
        Column|array|string|null $responses_customer,
        Column|array|string|null $responses_day,
        Column|array|string|null $score,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $horizon_days,
        Column|array|string|null $cuts,
        int $choice,
        float $level,
        bool $counted,
        bool $returned,
        bool $rate,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_rfm_days_since_last(
        ?array $context,
        Column|array|string|null $last_day,
        int $observation_end,
        bool $days_since_last,
    ): array {}

    /** @internal */
    function retain_rfm_fit(
        ?array $context,
        Column|array|string|null $days_since_last,
        Column|array|string|null $occasions,
        Column|array|string|null $revenue,
        int $bins,
        bool $recency,
        bool $frequency,
        bool $monetary,
    ): array {}

    /** @internal */
    function retain_rfm_scores(
        ?array $context,
        Column|array|string|null $recency,
        Column|array|string|null $frequency,
        Column|array|string|null $monetary,
        Column|array|string|null $days_since_last,
        Column|array|string|null $occasions,
        Column|array|string|null $revenue,
        bool $r,
        bool $f,
        bool $m,
    ): array {}

    /** @internal */
    function retain_rfm_default_segment(int $r, int $f, int $m): int {}

    /** @internal */
    function retain_rfm_segment_name(int $segment): string {}

    /** @internal */
    function retain_rfm_check_segments(
        ?array $context,
        int $bins,
    ): array {}

    /** @internal */
    function retain_rfm_segments(
        ?array $context,
        Column|array|string|null $r,
        Column|array|string|null $f,
        Column|array|string|null $m,
        Column|array|string|null $map,
        bool $segment,
    ): array {}

    /** @internal */
    function retain_rfm_table(
        ?array $context,
        Column|array|string|null $segment,
        Column|array|string|null $days_since_last,
        Column|array|string|null $occasions,
        Column|array|string|null $revenue,
        int $segments,
        float $level,
        bool $customers,
        bool $share,
        bool $share_low,
        bool $share_high,
        bool $total_revenue,
        bool $revenue_share,
        bool $revenue_share_low,
        bool $revenue_share_high,
        bool $mean_days,
        bool $mean_days_low,
        bool $mean_days_high,
        bool $mean_occasions,
        bool $mean_occasions_low,
        bool $mean_occasions_high,
        bool $mean_revenue,
        bool $mean_revenue_low,
        bool $mean_revenue_high,
    ): array {}

    /** @internal */
    function retain_rfm_migration(
        ?array $context,
        Column|array|string|null $before,
        Column|array|string|null $before_segment,
        Column|array|string|null $after,
        Column|array|string|null $after_segment,
        int $segments,
        float $level,
        bool $customers,
        bool $share,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_rfm_tiers(
        ?array $context,
        Column|array|string|null $value,
        int $kind,
        Column|array|string|null $cuts,
        bool $tier,
    ): array {}

    /** @internal */
    function retain_rfm_lorenz(
        ?array $context,
        Column|array|string|null $value,
        Column|array|string|null $p,
        float $level,
        bool $lorenz,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_rfm_top_share(
        ?array $context,
        Column|array|string|null $value,
        Column|array|string|null $p,
        float $level,
        bool $share,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_rfm_gini(
        ?array $context,
        Column|array|string|null $value,
        float $level,
    ): array {}

    /** @internal */
    function retain_signals_per_customer(
        ?array $context,
        Column|array|string|null $event_customer,
        Column|array|string|null $event_day,
        Column|array|string|null $kind,
        Column|array|string|null $event_value,
        Column|array|string|null $customers,
        Column|array|string|null $known_since,
        int $observation_end,
        int $window_days,
        int $kinds,
        bool $exposure_days,
        bool $count,
        bool $per_year,
        bool $days_since_last,
        bool $earlier,
        bool $recent,
        bool $trend,
        bool $trend_p_value,
        bool $sum,
        bool $mean,
    ): array {}

    /** @internal */
    function retain_signals_effect(
        ?array $context,
        Column|array|string|null $event_customer,
        Column|array|string|null $event_day,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        Column|array|string|null $edges,
        Column|array|string|null $group_customer,
        Column|array|string|null $group,
        int $group_count,
        int $exposure_days,
        int $horizon_days,
        int $order_numbers,
        int $value_classes,
        float $level,
    ): array {}

    /** @internal */
    function retain_features_name(int $id): string {}

    /** @internal */
    function retain_features_unit(int $id): string {}

    /** @internal */
    function retain_features_columns(
        ?array $context,
        int $discount,
        int $category,
        int $kinds,
        Column|array|string|null $windows,
        int $trend_days,
        int $event_days,
        bool $id,
        bool $days,
        bool $kind,
    ): array {}

    /** @internal */
    function retain_features_panel(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        Column|array|string|null $discount,
        Column|array|string|null $category,
        int $categories,
        Column|array|string|null $event_customer,
        Column|array|string|null $event_day,
        Column|array|string|null $event_kind,
        Column|array|string|null $event_value,
        int $kinds,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        Column|array|string|null $dates,
        Column|array|string|null $windows,
        int $trend_days,
        int $event_days,
        int $active_days,
        int $horizon_days,
        int $columns,
        int $capacity,
        bool $customers,
        bool $at,
        bool $label,
        bool $feature,
    ): array {}

    /** @internal */
    function retain_features_split(
        ?array $context,
        Column|array|string|null $dates,
        int $horizon_days,
        int $embargo_days,
        int $first_test,
        int $observation_end,
        bool $part,
    ): array {}

    /** @internal */
    function retain_features_returns(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        Column|array|string|null $dates,
        Column|array|string|null $who,
        Column|array|string|null $at,
        int $capacity,
        bool $row,
        bool $entry,
        bool $exit,
        bool $event,
    ): array {}

    /** @internal */
    function retain_features_durations(
        ?array $context,
        Column|array|string|null $life,
        Column|array|string|null $began,
        Column|array|string|null $ended,
        int $observation_end,
        Column|array|string|null $dates,
        Column|array|string|null $customer,
        Column|array|string|null $at,
        bool $row,
        bool $entry,
        bool $exit,
        bool $event,
    ): array {}

    /** @internal */
    function retain_features_leaks(
        ?array $context,
        Column|array|string|null $whole_customer,
        Column|array|string|null $whole_feature,
        Column|array|string|null $cut_customer,
        Column|array|string|null $cut_feature,
        int $columns,
        float $tolerance,
        bool $leaks,
        bool $example,
    ): array {}

    /** @internal */
    function retain_revenue_bridge(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        Column|array|string|null $edges,
        int $occasion_days,
        int $count_zero_orders,
        int $lag,
        float $level,
        bool $start,
        bool $acquired,
        bool $reactivated,
        bool $expansion,
        bool $contraction,
        bool $lost,
        bool $end,
        bool $start_customers,
        bool $acquired_customers,
        bool $reactivated_customers,
        bool $retained_customers,
        bool $expanded_customers,
        bool $contracted_customers,
        bool $lost_customers,
        bool $end_customers,
        bool $grr,
        bool $grr_low,
        bool $grr_high,
        bool $nrr,
        bool $nrr_low,
        bool $nrr_high,
    ): array {}

    /** @internal */
    function retain_revenue_amounts(
        ?array $context,
        Column|array|string|null $amounts,
        int $periods,
        int $lag,
        float $level,
        bool $start,
        bool $acquired,
        bool $reactivated,
        bool $expansion,
        bool $contraction,
        bool $lost,
        bool $end,
        bool $start_customers,
        bool $acquired_customers,
        bool $reactivated_customers,
        bool $retained_customers,
        bool $expanded_customers,
        bool $contracted_customers,
        bool $lost_customers,
        bool $end_customers,
        bool $grr,
        bool $grr_low,
        bool $grr_high,
        bool $nrr,
        bool $nrr_low,
        bool $nrr_high,
    ): array {}

    /** @internal */
    function retain_revenue_cost_per_customer(float $spend, float $customers): float {}

    /** @internal */
    function retain_revenue_cost_ratio(
        float $acquisition_spend,
        float $acquired,
        float $retention_spend,
        float $retained,
    ): float {}

    /** @internal */
    function retain_revenue_lifetime_value(
        float $margin,
        float $retention,
        float $annual_rate,
        float $periods_per_year,
    ): float {}

    /** @internal */
    function retain_revenue_profit(
        ?array $context,
        float $plan_customers,
        float $acquired,
        float $margin,
        float $retention_cost,
        float $acquisition_cost,
        float $annual_rate,
        float $periods_per_year,
        float $base_retention,
        int $periods,
        Column|array|string|null $retention,
        bool $profit,
        bool $customers,
        bool $change,
    ): array {}

    /** @internal */
    function retain_repeat_summary(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        float $level,
    ): array {}

    /** @internal */
    function retain_repeat_periods(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        Column|array|string|null $edges,
        int $occasion_days,
        int $count_zero_orders,
        float $level,
        bool $customers,
        bool $first_time,
        bool $returning,
        bool $repeaters,
        bool $returning_share,
        bool $returning_share_low,
        bool $returning_share_high,
        bool $repeat_within,
        bool $repeat_within_low,
        bool $repeat_within_high,
        bool $orders,
        bool $occasions,
        bool $revenue,
        bool $returning_orders,
        bool $returning_revenue,
    ): array {}

    /** @internal */
    function retain_repeat_funnel(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $steps,
        int $occasion_days,
        int $count_zero_orders,
        float $level,
        int $horizon_days,
        bool $customers,
        bool $continued,
        bool $conversion,
        bool $conversion_low,
        bool $conversion_high,
        bool $within,
        bool $within_low,
        bool $within_high,
        bool $median_days,
        bool $median_low,
        bool $median_high,
        bool $mean_value,
        bool $mean_value_low,
        bool $mean_value_high,
    ): array {}

    /** @internal */
    function retain_repeat_tenure(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        Column|array|string|null $ages,
        int $occasion_days,
        int $count_zero_orders,
        float $level,
        bool $occasions,
        bool $customers,
        bool $revenue,
        bool $mean_value,
        bool $mean_value_low,
        bool $mean_value_high,
    ): array {}

    /** @internal */
    function retain_repeat_profile(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        Column|array|string|null $second_of_day,
        int $observation_end,
        int $count_zero_orders,
        bool $orders_placed,
        bool $revenue,
    ): array {}

    /** @internal */
    function retain_repeat_time_curve(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $kind,
        int $occasion,
        float $level,
        int $interval,
        bool $days,
        bool $at_risk,
        bool $events,
        bool $share,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_repeat_time_within(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $kind,
        int $occasion,
        float $level,
        int $interval,
        Column|array|string|null $days,
        bool $share,
        bool $low,
        bool $high,
        bool $at_risk,
    ): array {}

    /** @internal */
    function retain_repeat_time_quantiles(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $kind,
        int $occasion,
        float $level,
        int $interval,
        Column|array|string|null $shares,
        bool $days,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_repeat_time_gaps(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        bool $customers,
        bool $gaps,
        bool $mean,
        bool $median,
        bool $sd,
        bool $longest,
        bool $days_since_last,
    ): array {}

    /** @internal */
    function retain_repeat_time_regularity(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        float $level,
    ): array {}

    /** @internal */
    function retain_repeat_time_compare(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        Column|array|string|null $group_customer,
        Column|array|string|null $group,
        int $group_count,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $kind,
        int $occasion,
        float $level,
        int $interval,
        int $horizon_days,
        bool $customers,
        bool $events,
        bool $expected,
        bool $share,
        bool $share_low,
        bool $share_high,
        bool $median_days,
        bool $median_low,
        bool $median_high,
    ): array {}

    /** @internal */
    function retain_accelerated_fit(
        ?array $context,
        int $family,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        int $iterations,
        float $level,
        float $coefficient_sd,
        bool $model,
    ): array {}

    /** @internal */
    function retain_accelerated_survival(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $lasted,
        float $level,
        Column|array|string|null $ahead,
        bool $survival,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_accelerated_quantile(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $lasted,
        float $level,
        float $share,
        bool $quantile,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_accelerated_remaining(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $lasted,
        float $level,
        float $horizon,
        bool $mean,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_risk_method_name(int $method): string {}

    /** @internal */
    function retain_risk_theme_name(int $theme): string {}

    /** @internal */
    function retain_risk_features(
        ?array $context,
        int $horizon_days,
        bool $windows,
    ): array {}

    /** @internal */
    function retain_risk_customers(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        Column|array|string|null $discount,
        Column|array|string|null $category,
        int $categories,
        Column|array|string|null $event_customer,
        Column|array|string|null $event_day,
        Column|array|string|null $event_kind,
        Column|array|string|null $event_value,
        int $kinds,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $horizon_days,
        int $active_days,
        int $dates,
        int $way,
        int $family,
        float $value_days,
        float $annual_rate,
        float $margin,
        float $cost,
        float $effect,
        int $most,
        int $fewest,
        float $level,
        float $l2,
        int $capacity,
        bool $customers,
        bool $risk,
        bool $risk_low,
        bool $risk_high,
        bool $log_odds,
        bool $contribution,
        bool $reason,
        bool $reason_effect,
        bool $reason_column,
        bool $reason_value,
        bool $reason_typical,
        bool $residual,
        bool $value_at_risk,
        bool $gain,
        bool $rank,
        bool $band,
    ): array {}

    /** @internal */
    function retain_risk_tested(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        Column|array|string|null $discount,
        Column|array|string|null $category,
        int $categories,
        Column|array|string|null $event_customer,
        Column|array|string|null $event_day,
        Column|array|string|null $event_kind,
        Column|array|string|null $event_value,
        int $kinds,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $horizon_days,
        int $active_days,
        int $dates,
        int $way,
        int $family,
        float $value_days,
        float $annual_rate,
        float $margin,
        float $cost,
        float $effect,
        int $most,
        int $fewest,
        float $level,
        float $l2,
        int $capacity,
        bool $customers,
        bool $risk,
        bool $absent,
        bool $silent,
    ): array {}

    /** @internal */
    function retain_cox_fit(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        int $strata,
        Column|array|string|null $customer,
        int $ties,
        int $robust,
        int $iterations,
        float $level,
        float $coefficient_sd,
        Column|array|string|null $fixed,
        bool $model,
        bool $summary,
    ): array {}

    /** @internal */
    function retain_cox_risk(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $covariance,
        float $level,
        bool $logarithm,
        bool $ratio,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cox_steps(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        int $strata,
        Column|array|string|null $model,
        bool $step_stratum,
        bool $time,
        bool $at_risk,
        bool $events,
        bool $hazard,
        bool $variance,
        bool $drift,
    ): array {}

    /** @internal */
    function retain_cox_survival(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $step_stratum,
        Column|array|string|null $time,
        Column|array|string|null $hazard,
        Column|array|string|null $variance,
        Column|array|string|null $drift,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        Column|array|string|null $lasted,
        float $level,
        int $interval,
        Column|array|string|null $ahead,
        bool $survival,
        bool $standard_error,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cox_remaining(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $step_stratum,
        Column|array|string|null $time,
        Column|array|string|null $hazard,
        Column|array|string|null $variance,
        Column|array|string|null $drift,
        Column|array|string|null $covariance,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        Column|array|string|null $lasted,
        float $level,
        float $horizon,
        bool $mean,
        bool $standard_error,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_cox_quantile(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $step_stratum,
        Column|array|string|null $time,
        Column|array|string|null $hazard,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        Column|array|string|null $lasted,
        float $share,
        bool $quantile,
    ): array {}

    /** @internal */
    function retain_cox_proportional(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        int $strata,
        Column|array|string|null $model,
        int $transform,
        bool $chi_squared,
        bool $p_value,
    ): array {}

    /** @internal */
    function retain_cox_schoenfeld(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        int $strata,
        Column|array|string|null $model,
        bool $row,
        bool $time,
        bool $residual,
        bool $scaled,
    ): array {}

    /** @internal */
    function retain_cox_residuals(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $stratum,
        int $strata,
        Column|array|string|null $model,
        bool $martingale,
        bool $deviance,
        bool $score,
        bool $influence,
    ): array {}

    /** @internal */
    function retain_survival_curve(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        float $level,
        int $interval,
        float $start,
        bool $time,
        bool $at_risk,
        bool $events,
        bool $censored,
        bool $survival,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $hazard,
        bool $hazard_error,
        bool $hazard_low,
        bool $hazard_high,
    ): array {}

    /** @internal */
    function retain_survival_at(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        float $level,
        int $interval,
        float $start,
        Column|array|string|null $times,
        bool $survival,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $at_risk,
    ): array {}

    /** @internal */
    function retain_survival_quantiles(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        float $level,
        int $interval,
        float $start,
        Column|array|string|null $shares,
        bool $time,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_survival_mean(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        float $level,
        float $start,
        float $horizon,
    ): array {}

    /** @internal */
    function retain_survival_compare(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $group,
        int $groups,
        float $level,
        int $interval,
        float $start,
        float $horizon,
        float $rho,
        bool $rows,
        bool $events,
        bool $expected,
        bool $survival,
        bool $survival_low,
        bool $survival_high,
        bool $median,
        bool $median_low,
        bool $median_high,
        bool $mean,
        bool $mean_low,
        bool $mean_high,
        bool $difference,
        bool $difference_low,
        bool $difference_high,
    ): array {}

    /** @internal */
    function retain_logistic_fit(
        ?array $context,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        float $l2,
        float $l1,
        int $unscaled,
        int $balanced,
        float $weight_of_0,
        float $weight_of_1,
        int $missing,
        float $level,
        int $iterations,
        bool $model,
        bool $kind,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $p_value,
        bool $scale,
        bool $odds_ratio,
        bool $odds_ratio_scale,
        bool $marginal,
        bool $marginal_error,
        bool $marginal_low,
        bool $marginal_high,
        bool $covariance,
    ): array {}

    /** @internal */
    function retain_logistic_probability(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $covariance,
        float $level,
        bool $probability,
        bool $log_odds,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_logistic_reasons(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        int $most,
        int $direction,
        bool $contribution,
        bool $reason,
        bool $share,
        bool $value,
    ): array {}

    /** @internal */
    function retain_boosting_fit(
        ?array $context,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        int $rounds,
        int $depth,
        float $learning_rate,
        float $l2,
        float $leaf_customers,
        float $leaf_hessian,
        int $bins,
        float $each_outcome,
        int $folds,
        int $turns,
        int $patience,
        int $seed,
        Column|array|string|null $customer,
        Column|array|string|null $monotone,
        bool $model,
    ): array {}

    /** @internal */
    function retain_boosting_check(
        ?array $context,
        Column|array|string|null $model,
    ): array {}

    /** @internal */
    function retain_boosting_log_odds(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        bool $log_odds,
    ): array {}

    /** @internal */
    function retain_boosting_probability(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        bool $probability,
    ): array {}

    /** @internal */
    function retain_boosting_reasons(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        int $most,
        int $direction,
        bool $contribution,
        bool $reason,
        bool $share,
        bool $value,
    ): array {}

    /** @internal */
    function retain_boosting_importance(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $weight,
        float $level,
        bool $mean,
        bool $low,
        bool $high,
        bool $gain,
    ): array {}

    /** @internal */
    function retain_boosting_dependence(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $predictors,
        int $by_row,
        Column|array|string|null $weight,
        float $level,
        int $column,
        Column|array|string|null $value,
        bool $log_odds,
        bool $probability,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_scoring_measures(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        float $level,
        int $groups,
    ): array {}

    /** @internal */
    function retain_scoring_auc(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
    ): array {}

    /** @internal */
    function retain_scoring_points(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        bool $scores,
        bool $selected,
        bool $positives,
        bool $precision,
        bool $recall,
        bool $fallout,
        bool $expected,
    ): array {}

    /** @internal */
    function retain_scoring_compare(
        ?array $context,
        Column|array|string|null $first,
        Column|array|string|null $second,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        float $level,
    ): array {}

    /** @internal */
    function retain_scoring_drift(
        ?array $context,
        Column|array|string|null $before,
        Column|array|string|null $after,
        int $bins,
        bool $edge,
        bool $before_share,
        bool $after_share,
    ): array {}

    /** @internal */
    function retain_calibration_fit(
        ?array $context,
        int $kind,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        float $level,
        int $plain,
    ): array {}

    /** @internal */
    function retain_calibration_probabilities(
        ?array $context,
        Column|array|string|null $calibration,
        Column|array|string|null $score,
        Column|array|string|null $covariance,
        float $level,
        bool $probability,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_calibration_isotonic(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        bool $knot_score,
        bool $knot_probability,
    ): array {}

    /** @internal */
    function retain_calibration_interpolated(
        ?array $context,
        Column|array|string|null $knot_score,
        Column|array|string|null $knot_probability,
        Column|array|string|null $score,
        bool $probability,
    ): array {}

    /** @internal */
    function retain_calibration_reliability(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        float $level,
        int $draws,
        int $seed,
        Column|array|string|null $at,
        bool $expected,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_calibration_bins(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $outcome,
        Column|array|string|null $weight,
        int $bins,
        float $level,
        bool $customers,
        bool $positives,
        bool $mean_score,
        bool $share,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_concordance_pairs(
        ?array $context,
        int $kind,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $score,
        float $level,
        float $horizon,
    ): array {}

    /** @internal */
    function retain_concordance_auc(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $score,
        Column|array|string|null $times,
        float $level,
        bool $value,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $cases,
        bool $controls,
        bool $null_value,
    ): array {}

    /** @internal */
    function retain_concordance_brier(
        ?array $context,
        Column|array|string|null $exit,
        Column|array|string|null $event,
        Column|array|string|null $entry,
        Column|array|string|null $weight,
        Column|array|string|null $survival,
        Column|array|string|null $times,
        float $level,
        bool $value,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $cases,
        bool $controls,
        bool $null_value,
    ): array {}

    /** @internal */
    function retain_service_times(
        ?array $context,
        Column|array|string|null $opened,
        Column|array|string|null $ended,
        Column|array|string|null $closed,
        Column|array|string|null $group,
        int $groups,
        int $observation_end,
        float $unit,
        Column|array|string|null $quantiles,
        int $target,
        float $level,
        bool $tickets,
        bool $ended_tickets,
        bool $quantile,
        bool $quantile_low,
        bool $quantile_high,
        bool $mean,
        bool $mean_low,
        bool $mean_high,
        bool $due,
        bool $in_time,
        bool $share,
        bool $share_low,
        bool $share_high,
    ): array {}

    /** @internal */
    function retain_service_contacts(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $opened,
        Column|array|string|null $resolved,
        Column|array|string|null $contacts,
        Column|array|string|null $group,
        int $groups,
        int $observation_end,
        int $within,
        float $level,
        bool $resolved_tickets,
        bool $first_contact,
        bool $first_contact_rate,
        bool $first_contact_rate_low,
        bool $first_contact_rate_high,
        bool $tickets,
        bool $repeated,
        bool $repeat_rate,
        bool $repeat_rate_low,
        bool $repeat_rate_high,
    ): array {}

    /** @internal */
    function retain_service_late(
        ?array $context,
        Column|array|string|null $promised,
        Column|array|string|null $delivered,
        Column|array|string|null $group,
        int $groups,
        int $observation_end,
        float $level,
        bool $due,
        bool $late,
        bool $rate,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_service_returns(
        ?array $context,
        Column|array|string|null $ordered,
        Column|array|string|null $returned,
        Column|array|string|null $group,
        int $groups,
        int $observation_end,
        int $within,
        float $level,
        bool $orders,
        bool $returns,
        bool $rate,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_btyd_fit(
        ?array $context,
        int $family,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        Column|array|string|null $log_gaps,
        float $unit_days,
        Column|array|string|null $covariates,
        int $covariate_count,
        Column|array|string|null $purchase,
        Column|array|string|null $lifetime,
        Column|array|string|null $equal,
        Column|array|string|null $fixed,
        float $prior_sd,
        float $coefficient_sd,
        Column|array|string|null $prior_centre,
        int $iterations,
        float $level,
        int $k,
        bool $model,
    ): array {}

    /** @internal */
    function retain_fit_covariance(
        ?array $context,
        Column|array|string|null $covariance,
        int $entries,
    ): array {}

    /** @internal */
    function retain_fit_likelihood_ratio(
        ?array $context,
        Column|array|string|null $restricted,
        Column|array|string|null $full,
    ): array {}

    /** @internal */
    function retain_btyd_given(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariates,
        bool $given,
    ): array {}

    /** @internal */
    function retain_btyd_likelihood(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $log_gaps,
        float $unit_days,
        Column|array|string|null $covariates,
        bool $log_likelihood,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_btyd_alive(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        bool $alive,
        bool $log_odds_dead,
    ): array {}

    /** @internal */
    function retain_btyd_orders(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        float $t,
        bool $orders,
    ): array {}

    /** @internal */
    function retain_btyd_silence(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        float $t,
        bool $silence,
    ): array {}

    /** @internal */
    function retain_btyd_discounted(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        float $t,
        float $delta,
        bool $discounted,
    ): array {}

    /** @internal */
    function retain_btyd_expected(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $t,
        bool $expected,
    ): array {}

    /** @internal */
    function retain_btyd_pmf(
        ?array $context,
        Column|array|string|null $model,
        float $t,
        Column|array|string|null $n,
        bool $pmf,
        bool $log_pmf,
    ): array {}

    /** @internal */
    function retain_btyd_simulate(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $T,
        Column|array|string|null $covariates,
        float $t,
        int $seed,
        bool $frequency,
        bool $t_x,
        bool $alive,
        bool $future,
        bool $log_gaps,
    ): array {}

    /** @internal */
    function retain_btyd_forecast(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        bool $values,
    ): array {}

    /** @internal */
    function retain_btyd_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        float $level,
        bool $values,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_btyd_total(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $covariates,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        Column|array|string|null $worth,
        float $level,
    ): array {}

    /** @internal */
    function retain_btyd_posterior(
        ?array $context,
        int $family,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        Column|array|string|null $log_gaps,
        float $unit_days,
        Column|array|string|null $covariates,
        int $covariate_count,
        Column|array|string|null $purchase,
        Column|array|string|null $lifetime,
        Column|array|string|null $equal,
        Column|array|string|null $fixed,
        float $prior_sd,
        float $coefficient_sd,
        Column|array|string|null $prior_centre,
        int $iterations,
        int $k,
        int $seed,
        int $chains,
        int $draws,
        bool $model,
        bool $values,
    ): array {}

    /** @internal */
    function retain_btyd_bootstrap(
        ?array $context,
        int $family,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        Column|array|string|null $log_gaps,
        float $unit_days,
        Column|array|string|null $covariates,
        int $covariate_count,
        Column|array|string|null $purchase,
        Column|array|string|null $lifetime,
        Column|array|string|null $equal,
        Column|array|string|null $fixed,
        float $prior_sd,
        float $coefficient_sd,
        Column|array|string|null $prior_centre,
        int $iterations,
        int $k,
        int $seed,
        int $draws,
        bool $model,
        bool $values,
    ): array {}

    /** @internal */
    function retain_btyd_normal(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        int $seed,
        int $draws,
        bool $values,
    ): array {}

    /** @internal */
    function retain_btyd_draws_summary(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $values,
        int $draws,
        int $chains,
        float $level,
        bool $summary,
    ): array {}

    /** @internal */
    function retain_btyd_draws_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $values,
        int $draws,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        float $level,
        bool $mean,
        bool $deviation,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_btyd_draws_total(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $values,
        int $draws,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $covariates,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        Column|array|string|null $worth,
        float $level,
    ): array {}

    /** @internal */
    function retain_btyd_pool_fit(
        ?array $context,
        int $family,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        Column|array|string|null $log_gaps,
        float $unit_days,
        Column|array|string|null $group,
        int $groups,
        Column|array|string|null $varies,
        Column|array|string|null $fixed,
        float $prior_sd,
        Column|array|string|null $prior_centre,
        int $iterations,
        float $level,
        int $k,
        bool $models,
        bool $group_customers,
        bool $standard_error,
        bool $low,
        bool $high,
        bool $shrinkage,
        bool $distance,
        bool $covariance,
        bool $common,
        bool $own,
        bool $source,
    ): array {}

    /** @internal */
    function retain_btyd_pool_forecast(
        ?array $context,
        Column|array|string|null $models,
        Column|array|string|null $group,
        int $groups,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        bool $values,
    ): array {}

    /** @internal */
    function retain_btyd_pool_interval(
        ?array $context,
        Column|array|string|null $models,
        Column|array|string|null $covariance,
        Column|array|string|null $group,
        int $groups,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        float $level,
        bool $values,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_btyd_pool_total(
        ?array $context,
        Column|array|string|null $models,
        Column|array|string|null $covariance,
        Column|array|string|null $common,
        Column|array|string|null $group,
        int $groups,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        float $unit_days,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        Column|array|string|null $worth,
        float $level,
    ): array {}

    /** @internal */
    function retain_btyd_pool_source_name(int $source): string {}

    /** @internal */
    function retain_btyd_distribution(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        float $start,
        float $end,
        int $counts,
        bool $probabilities,
    ): array {}

    /** @internal */
    function retain_btyd_history(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $ages,
        Column|array|string|null $instants,
        bool $alive,
    ): array {}

    /** @internal */
    function retain_btyd_tracking(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $births,
        Column|array|string|null $weight,
        Column|array|string|null $times,
        bool $expected,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_fit(
        ?array $context,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        Column|array|string|null $purchase,
        Column|array|string|null $lifetime,
        Column|array|string|null $equal,
        Column|array|string|null $fixed,
        float $prior_sd,
        float $coefficient_sd,
        Column|array|string|null $prior_centre,
        int $iterations,
        float $level,
        bool $model,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_likelihood(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        bool $log_likelihood,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_alive(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        bool $alive,
        bool $log_odds_dead,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_orders(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        float $t,
        bool $orders,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_silence(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        float $t,
        bool $silence,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_forecast(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        int $quantity,
        float $since,
        float $until,
        float $delta,
        float $n,
        float $share,
        bool $values,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_gradient(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        int $quantity,
        float $since,
        float $until,
        float $delta,
        float $n,
        float $share,
        bool $values,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_distribution(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        float $since,
        float $until,
        int $counts,
        bool $probabilities,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        int $quantity,
        float $since,
        float $until,
        float $delta,
        float $n,
        float $share,
        float $level,
        bool $values,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_total(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        int $quantity,
        float $since,
        float $until,
        float $delta,
        float $n,
        float $share,
        Column|array|string|null $worth,
        float $level,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_tracking(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        Column|array|string|null $edges,
        bool $expected,
    ): array {}

    /** @internal */
    function retain_btyd_dynamic_simulate(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $start,
        Column|array|string|null $end,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        int $seed,
        bool $first,
        bool $occasion,
        bool $alive,
    ): array {}

    /** @internal */
    function retain_btyd_name(int $family): string {}

    /** @internal */
    function retain_btyd_parameter(int $family, int $index): string {}

    /** @internal */
    function retain_contract_fit(
        ?array $context,
        int $family,
        Column|array|string|null $periods,
        Column|array|string|null $left,
        Column|array|string|null $weight,
        float $period_days,
        int $iterations,
        float $level,
        bool $model,
    ): array {}

    /** @internal */
    function retain_contract_fit_cohorts(
        ?array $context,
        int $family,
        Column|array|string|null $survivors,
        int $cohorts,
        float $period_days,
        int $iterations,
        float $level,
        bool $model,
    ): array {}

    /** @internal */
    function retain_contract_likelihood(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $periods,
        Column|array|string|null $left,
        float $period_days,
        bool $log_likelihood,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_contract_likelihood_cohorts(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $survivors,
        int $cohorts,
        float $period_days,
        bool $log_likelihood,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_contract_survival(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $survived,
        Column|array|string|null $t,
        Column|array|string|null $covariance,
        float $level,
        bool $survival,
        bool $log_survival,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_contract_pmf(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $survived,
        Column|array|string|null $t,
        bool $pmf,
        bool $log_pmf,
    ): array {}

    /** @internal */
    function retain_contract_retention(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $t,
        Column|array|string|null $covariance,
        float $level,
        bool $retention,
        bool $hazard,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_contract_discounted(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $survived,
        int $moment,
        float $t,
        float $d,
        Column|array|string|null $covariance,
        float $level,
        bool $discounted,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_contract_elasticity(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $survived,
        int $moment,
        float $t,
        float $d,
        bool $elasticity,
    ): array {}

    /** @internal */
    function retain_contract_discount(float $annual_rate, float $period_days): float {}

    /** @internal */
    function retain_contract_posterior(
        ?array $context,
        int $family,
        Column|array|string|null $periods,
        Column|array|string|null $left,
        Column|array|string|null $weight,
        float $period_days,
        float $prior_sd,
        Column|array|string|null $prior_centre,
        int $seed,
        int $chains,
        int $draws,
        bool $model,
        bool $values,
    ): array {}

    /** @internal */
    function retain_contract_posterior_cohorts(
        ?array $context,
        int $family,
        Column|array|string|null $survivors,
        int $cohorts,
        float $period_days,
        float $prior_sd,
        Column|array|string|null $prior_centre,
        int $seed,
        int $chains,
        int $draws,
        bool $model,
        bool $values,
    ): array {}

    /** @internal */
    function retain_contract_bootstrap(
        ?array $context,
        int $family,
        Column|array|string|null $periods,
        Column|array|string|null $left,
        Column|array|string|null $weight,
        float $period_days,
        int $seed,
        int $draws,
        bool $model,
        bool $values,
    ): array {}

    /** @internal */
    function retain_contract_bootstrap_cohorts(
        ?array $context,
        int $family,
        Column|array|string|null $survivors,
        int $cohorts,
        float $period_days,
        int $seed,
        int $draws,
        bool $model,
        bool $values,
    ): array {}

    /** @internal */
    function retain_contract_draws_summary(
        ?array $context,
        int $family,
        Column|array|string|null $values,
        int $draws,
        int $chains,
        float $level,
        bool $summary,
    ): array {}

    /** @internal */
    function retain_contract_draws_interval(
        ?array $context,
        int $family,
        Column|array|string|null $values,
        int $draws,
        int $quantity,
        int $moment,
        float $ahead,
        float $d,
        Column|array|string|null $survived,
        Column|array|string|null $t,
        float $level,
        bool $mean,
        bool $deviation,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_contract_draws_total(
        ?array $context,
        int $family,
        Column|array|string|null $values,
        int $draws,
        int $quantity,
        int $moment,
        float $ahead,
        float $d,
        Column|array|string|null $survived,
        Column|array|string|null $t,
        Column|array|string|null $worth,
        float $level,
    ): array {}

    /** @internal */
    function retain_contract_simulate(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $decisions,
        int $seed,
        bool $periods,
        bool $left,
        bool $lifetime,
    ): array {}

    /** @internal */
    function retain_contract_name(int $family): string {}

    /** @internal */
    function retain_contract_parameter(int $family, int $index): string {}

    /** @internal */
    function retain_spend_fit(
        ?array $context,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        Column|array|string|null $weight,
        int $iterations,
        float $level,
        bool $model,
    ): array {}

    /** @internal */
    function retain_spend_likelihood(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        bool $log_likelihood,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_spend_expected(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        bool $expected,
    ): array {}

    /** @internal */
    function retain_spend_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        float $level,
        bool $expected,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_spend_mean_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        float $level,
    ): array {}

    /** @internal */
    function retain_spend_quantile(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        float $probability,
        bool $quantile,
    ): array {}

    /** @internal */
    function retain_spend_mean(float $p, float $q, float $gamma): float {}

    /** @internal */
    function retain_spend_orders(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        float $unit_days,
        int $occasion_days,
        int $count_zero_orders,
        int $with_first,
        bool $out_customer,
        bool $frequency,
        bool $orders,
        bool $mean,
        bool $mean_log,
        bool $log_squares,
        bool $time,
        bool $time_squares,
        bool $time_logs,
    ): array {}

    /** @internal */
    function retain_spend_orders_fit(
        ?array $context,
        int $family,
        Column|array|string|null $orders,
        Column|array|string|null $mean,
        Column|array|string|null $mean_log,
        Column|array|string|null $log_squares,
        Column|array|string|null $frequency,
        Column|array|string|null $time,
        Column|array|string|null $time_squares,
        Column|array|string|null $time_logs,
        Column|array|string|null $weight,
        int $iterations,
        float $level,
        bool $model,
    ): array {}

    /** @internal */
    function retain_spend_orders_likelihood(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $orders,
        Column|array|string|null $mean,
        Column|array|string|null $mean_log,
        Column|array|string|null $log_squares,
        Column|array|string|null $frequency,
        Column|array|string|null $time,
        Column|array|string|null $time_squares,
        Column|array|string|null $time_logs,
        bool $log_likelihood,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_spend_orders_expected(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $orders,
        Column|array|string|null $mean,
        Column|array|string|null $mean_log,
        Column|array|string|null $log_squares,
        Column|array|string|null $frequency,
        Column|array|string|null $time,
        Column|array|string|null $time_squares,
        Column|array|string|null $time_logs,
        float $ahead,
        float $level,
        bool $expected,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_spend_orders_quantile(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $orders,
        Column|array|string|null $mean,
        Column|array|string|null $mean_log,
        Column|array|string|null $log_squares,
        Column|array|string|null $frequency,
        Column|array|string|null $time,
        Column|array|string|null $time_squares,
        Column|array|string|null $time_logs,
        float $ahead,
        float $probability,
        bool $quantile,
    ): array {}

    /** @internal */
    function retain_spend_orders_mean(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        float $x,
        float $ahead,
        float $level,
    ): array {}

    /** @internal */
    function retain_spend_orders_compare(
        ?array $context,
        Column|array|string|null $first,
        Column|array|string|null $second,
        Column|array|string|null $orders,
        Column|array|string|null $mean,
        Column|array|string|null $mean_log,
        Column|array|string|null $log_squares,
        Column|array|string|null $frequency,
        Column|array|string|null $time,
        Column|array|string|null $time_squares,
        Column|array|string|null $time_logs,
        Column|array|string|null $weight,
    ): array {}

    /** @internal */
    function retain_spend_orders_dependence(
        ?array $context,
        Column|array|string|null $orders,
        Column|array|string|null $mean,
        Column|array|string|null $mean_log,
        Column|array|string|null $log_squares,
        Column|array|string|null $frequency,
        Column|array|string|null $weight,
        float $level,
    ): array {}

    /** @internal */
    function retain_fit_verdict_name(int $verdict): string {}

    /** @internal */
    function retain_clv_delta(float $annual_rate, float $unit_days): float {}

    /** @internal */
    function retain_clv_historic(
        ?array $context,
        Column|array|string|null $revenue,
        Column|array|string|null $margins,
        float $margin,
        bool $historic,
    ): array {}

    /** @internal */
    function retain_clv_residual(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        Column|array|string|null $value,
        Column|array|string|null $margins,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        bool $residual,
    ): array {}

    /** @internal */
    function retain_clv_total(
        ?array $context,
        Column|array|string|null $historic,
        Column|array|string|null $residual,
        bool $total,
    ): array {}

    /** @internal */
    function retain_clv_at_risk(
        ?array $context,
        Column|array|string|null $risk,
        Column|array|string|null $residual,
        bool $value_at_risk,
    ): array {}

    /** @internal */
    function retain_btyd_gradient(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        int $quantity,
        float $start,
        float $end,
        float $delta,
        float $n,
        float $share,
        bool $values,
        bool $gradient,
    ): array {}

    /** @internal */
    function retain_clv_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $spend,
        float $unit_days,
        Column|array|string|null $covariates,
        Column|array|string|null $value,
        Column|array|string|null $order_count,
        Column|array|string|null $order_mean,
        Column|array|string|null $order_mean_log,
        Column|array|string|null $order_log_squares,
        Column|array|string|null $order_frequency,
        Column|array|string|null $order_time,
        Column|array|string|null $order_time_squares,
        Column|array|string|null $order_time_logs,
        Column|array|string|null $historic,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        Column|array|string|null $annual_rates,
        Column|array|string|null $margins,
        Column|array|string|null $order_costs,
        Column|array|string|null $service_costs,
        float $level,
        bool $figures,
    ): array {}

    /** @internal */
    function retain_clv_sums(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $spend,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $covariates,
        Column|array|string|null $value,
        Column|array|string|null $order_count,
        Column|array|string|null $order_mean,
        Column|array|string|null $order_mean_log,
        Column|array|string|null $order_log_squares,
        Column|array|string|null $order_frequency,
        Column|array|string|null $order_time,
        Column|array|string|null $order_time_squares,
        Column|array|string|null $order_time_logs,
        Column|array|string|null $historic,
        Column|array|string|null $group,
        int $groups,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        Column|array|string|null $annual_rates,
        Column|array|string|null $margins,
        Column|array|string|null $order_costs,
        Column|array|string|null $service_costs,
        float $level,
        bool $figures,
    ): array {}

    /** @internal */
    function retain_clv_dynamic_interval(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        Column|array|string|null $value,
        Column|array|string|null $order_count,
        Column|array|string|null $order_mean,
        Column|array|string|null $order_mean_log,
        Column|array|string|null $order_log_squares,
        Column|array|string|null $order_frequency,
        Column|array|string|null $order_time,
        Column|array|string|null $order_time_squares,
        Column|array|string|null $order_time_logs,
        Column|array|string|null $historic,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        Column|array|string|null $margins,
        Column|array|string|null $order_costs,
        Column|array|string|null $service_costs,
        float $level,
        bool $figures,
    ): array {}

    /** @internal */
    function retain_clv_dynamic_sums(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        Column|array|string|null $weight,
        Column|array|string|null $value,
        Column|array|string|null $order_count,
        Column|array|string|null $order_mean,
        Column|array|string|null $order_mean_log,
        Column|array|string|null $order_log_squares,
        Column|array|string|null $order_frequency,
        Column|array|string|null $order_time,
        Column|array|string|null $order_time_squares,
        Column|array|string|null $order_time_logs,
        Column|array|string|null $historic,
        Column|array|string|null $group,
        int $groups,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        Column|array|string|null $margins,
        Column|array|string|null $order_costs,
        Column|array|string|null $service_costs,
        float $level,
        bool $figures,
    ): array {}

    /** @internal */
    function retain_clv_dynamic_payback(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        Column|array|string|null $start,
        Column|array|string|null $end,
        Column|array|string|null $first,
        Column|array|string|null $occasion,
        float $unit_days,
        Column|array|string|null $calendar_start,
        Column|array|string|null $calendar,
        Column|array|string|null $piece,
        Column|array|string|null $piece_start,
        Column|array|string|null $own,
        float $known_until,
        Column|array|string|null $frequency,
        Column|array|string|null $spend,
        Column|array|string|null $weight,
        Column|array|string|null $value,
        Column|array|string|null $order_count,
        Column|array|string|null $order_mean,
        Column|array|string|null $order_mean_log,
        Column|array|string|null $order_log_squares,
        Column|array|string|null $order_frequency,
        Column|array|string|null $order_time,
        Column|array|string|null $order_time_squares,
        Column|array|string|null $order_time_logs,
        Column|array|string|null $historic,
        float $cost,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        Column|array|string|null $margins,
        Column|array|string|null $order_costs,
        Column|array|string|null $service_costs,
        float $level,
    ): array {}

    /** @internal */
    function retain_clv_payback(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $spend,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $covariates,
        Column|array|string|null $value,
        Column|array|string|null $order_count,
        Column|array|string|null $order_mean,
        Column|array|string|null $order_mean_log,
        Column|array|string|null $order_log_squares,
        Column|array|string|null $order_frequency,
        Column|array|string|null $order_time,
        Column|array|string|null $order_time_squares,
        Column|array|string|null $order_time_logs,
        Column|array|string|null $historic,
        float $cost,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        Column|array|string|null $annual_rates,
        Column|array|string|null $margins,
        Column|array|string|null $order_costs,
        Column|array|string|null $service_costs,
        float $level,
    ): array {}

    /** @internal */
    function retain_clv_payback_new(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        float $value,
        float $first_value,
        float $cost,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $service_cost,
        float $level,
    ): array {}

    /** @internal */
    function retain_clv_concentration(
        ?array $context,
        Column|array|string|null $value,
        float $level,
    ): array {}

    /** @internal */
    function retain_clv_lifespan(float $order_value, float $orders_per_period, float $lifetime, float $margin): float {}

    /** @internal */
    function retain_clv_retention(float $margin, float $retention, float $rate): float {}

    /** @internal */
    function retain_clv_retention_first(float $margin, float $retention, float $rate): float {}

    /** @internal */
    function retain_clv_naive(
        ?array $context,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        float $unit_days,
        Column|array|string|null $revenue,
        float $period_days,
        Column|array|string|null $model,
        Column|array|string|null $covariance,
        Column|array|string|null $spend_model,
        Column|array|string|null $spend_covariance,
        float $value,
        float $horizon_days,
        float $annual_rate,
        float $margin,
        float $order_cost,
        float $level,
    ): array {}

    /** @internal */
    function retain_churn_risk(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        float $horizon_days,
        int $kind,
        bool $risk,
    ): array {}

    /** @internal */
    function retain_churn_bands(
        ?array $context,
        Column|array|string|null $risk,
        Column|array|string|null $cuts,
        bool $band,
    ): array {}

    /** @internal */
    function retain_churn_expected_loss(
        ?array $context,
        Column|array|string|null $risk,
        Column|array|string|null $residual,
        float $cost,
        float $effect,
        bool $loss,
        bool $gain,
    ): array {}

    /** @internal */
    function retain_churn_overdue(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        float $unit_days,
        Column|array|string|null $covariates,
        bool $p_value,
    ): array {}

    /** @internal */
    function retain_churn_gaps(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        float $prior_gaps,
        bool $customers,
        bool $silence,
        bool $gaps,
        bool $own_share,
        bool $shop_share,
        bool $p_value,
    ): array {}

    /** @internal */
    function retain_churn_thresholds(
        ?array $context,
        Column|array|string|null $value,
        float $cost,
        float $incentive,
        float $effect,
        bool $threshold,
    ): array {}

    /** @internal */
    function retain_churn_select(
        ?array $context,
        Column|array|string|null $risk,
        Column|array|string|null $value,
        float $cost,
        float $incentive,
        float $effect,
        int $most,
        float $level,
        bool $chosen,
        bool $gain,
    ): array {}

    /** @internal */
    function retain_churn_lost(
        ?array $context,
        Column|array|string|null $risk,
        Column|array|string|null $value,
        float $level,
    ): array {}

    /** @internal */
    function retain_churn_profit(
        ?array $context,
        Column|array|string|null $score,
        Column|array|string|null $left,
        Column|array|string|null $value,
        float $cost,
        float $incentive,
        float $effect,
        float $level,
        bool $at,
        bool $customers,
        bool $spent,
        bool $profit,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_evaluation_errors(
        ?array $context,
        Column|array|string|null $expected,
        Column|array|string|null $actual,
        Column|array|string|null $weight,
        float $level,
    ): array {}

    /** @internal */
    function retain_evaluation_coverage(
        ?array $context,
        Column|array|string|null $low,
        Column|array|string|null $high,
        Column|array|string|null $actual,
        Column|array|string|null $weight,
        float $level,
    ): array {}

    /** @internal */
    function retain_evaluation_shocks(
        ?array $context,
        Column|array|string|null $expected,
        Column|array|string|null $actual,
        Column|array|string|null $variance,
        float $level,
        int $unbiased,
    ): array {}

    /** @internal */
    function retain_evaluation_shock_band(
        ?array $context,
        float $degrees,
        float $tau,
        float $bias,
        float $bias_error,
        Column|array|string|null $expected,
        Column|array|string|null $variance,
        float $level,
        bool $value,
        bool $low,
        bool $high,
    ): array {}

    /** @internal */
    function retain_evaluation_ranking(
        ?array $context,
        Column|array|string|null $expected,
        Column|array|string|null $actual,
        Column|array|string|null $weight,
        float $level,
    ): array {}

    /** @internal */
    function retain_evaluation_gains(
        ?array $context,
        Column|array|string|null $expected,
        Column|array|string|null $actual,
        Column|array|string|null $weight,
        Column|array|string|null $share,
        float $level,
        bool $capture,
        bool $low,
        bool $high,
        bool $perfect,
    ): array {}

    /** @internal */
    function retain_evaluation_calibration(
        ?array $context,
        Column|array|string|null $expected,
        Column|array|string|null $actual,
        Column|array|string|null $weight,
        int $groups,
        float $level,
        bool $figures,
    ): array {}

    /** @internal */
    function retain_evaluation_by_frequency(
        ?array $context,
        Column|array|string|null $frequency,
        Column|array|string|null $expected,
        Column|array|string|null $actual,
        Column|array|string|null $weight,
        int $classes,
        float $level,
        bool $figures,
    ): array {}

    /** @internal */
    function retain_evaluation_frequency(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $frequency,
        Column|array|string|null $t_x,
        Column|array|string|null $T,
        Column|array|string|null $weight,
        float $unit_days,
        int $classes,
        bool $actual,
        bool $expected,
    ): array {}

    /** @internal */
    function retain_evaluation_tracking(
        ?array $context,
        Column|array|string|null $model,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $calibration_end,
        int $observation_end,
        int $occasion_days,
        int $count_zero_orders,
        int $step_days,
        bool $last_day,
        bool $actual,
        bool $expected,
        bool $actual_total,
        bool $expected_total,
    ): array {}

    /** @internal */
    function retain_evaluation_backtest(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        float $unit_days,
        int $occasion_days,
        int $count_zero_orders,
        Column|array|string|null $origins,
        int $horizon_days,
        Column|array|string|null $families,
        Column|array|string|null $models,
        int $money,
        float $top_share,
        float $level,
        bool $figures,
        bool $verdict,
        bool $likelihood,
        bool $estimate,
        bool $spend,
        bool $spend_verdict,
    ): array {}

    /** @internal */
    function retain_evaluation_choose(
        ?array $context,
        Column|array|string|null $customer,
        Column|array|string|null $day,
        Column|array|string|null $value,
        Column|array|string|null $order,
        Column|array|string|null $cancelled,
        Column|array|string|null $multiple,
        Column|array|string|null $value_low,
        int $observation_end,
        float $unit_days,
        int $occasion_days,
        int $count_zero_orders,
        Column|array|string|null $origins,
        int $horizon_days,
        Column|array|string|null $families,
        Column|array|string|null $models,
        int $money,
        float $top_share,
        float $level,
        int $fewest,
        bool $figures,
        bool $verdict,
        bool $likelihood,
        bool $estimate,
        bool $spend,
        bool $spend_verdict,
        bool $rank,
        bool $reason,
        bool $figure,
    ): array {}

    /** @internal */
    function retain_evaluation_baseline_name(int $baseline): string {}

    /** @internal */
    function retain_evaluation_reason_name(int $reason): string {}

    /** @internal */
    function retain_version(): string {}

    /** @internal */
    function retain_status_name(int $status): string {}
}
