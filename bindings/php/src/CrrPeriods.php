<?php

declare(strict_types=1);

namespace Retain;

/**
 * Customers and retention rates by period; every list has one entry per period.
 *
 *     start = retained + lost          end = retained + gained + reactivated
 *
 * NaN: everything but `start` in a period that was not over at the observation end; rates of a period without customers at its
 * start; an interval of crr where crr exceeds 1 and so is no share.
 */
final readonly class CrrPeriods extends Value implements \Countable
{
    /**
     * @param int $windowDays the W that was used
     * @param list<float> $start S: active at the beginning
     * @param list<float> $acquired customers whose first occasion lies in the period
     * @param list<float> $gained N: those of them who are active at its end
     * @param list<float> $retained active at the beginning and at the end
     * @param list<float> $reactivated active at the end, known before the period, but not active at its beginning
     * @param list<float> $lost active at the beginning, not at the end
     * @param list<float> $end E: active at the end
     * @param list<float> $crr (E − N) / S, may exceed 1
     * @param list<float> $crrLow
     * @param list<float> $crrHigh
     * @param list<float> $crrStrict retained / S, never exceeds 1
     * @param list<float> $crrStrictLow
     * @param list<float> $crrStrictHigh
     * @param list<float> $churn lost / S
     * @param list<float> $churnLow
     * @param list<float> $churnHigh
     */
    public function __construct(
        public Periods $periods,
        public int $windowDays,
        public array $start,
        public array $acquired,
        public array $gained,
        public array $retained,
        public array $reactivated,
        public array $lost,
        public array $end,
        public array $crr,
        public array $crrLow,
        public array $crrHigh,
        public array $crrStrict,
        public array $crrStrictLow,
        public array $crrStrictHigh,
        public array $churn,
        public array $churnLow,
        public array $churnHigh,
    ) {
    }

    /** Number of periods. */
    public function count(): int
    {
        return count($this->start);
    }

    /**
     * The periods one by one: label and figures by name.
     *
     * @return list<array<string, string|float>>
     */
    public function rows(): array
    {
        $columns = array_diff_key(get_object_vars($this), ['periods' => 0, 'windowDays' => 0]);
        $rows = [];
        foreach ($this->periods->labels() as $k => $label) {
            $rows[] = ['period' => $label] + array_map(static fn (array $column): float => $column[$k], $columns);
        }
        return $rows;
    }
}
