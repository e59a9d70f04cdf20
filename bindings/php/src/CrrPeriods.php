<?php

declare(strict_types=1);

namespace Retain;

/**
 * Customers and retention rates by period; every list has one entry per period.
 *
 *     start = retained + lost          end = retained + gained + reactivated
 *
 * NaN: everything but `start` in a period that was not over at the observation end; rates of a period without customers at its
 * start; an interval of crr where crr exceeds 1 and so is no share; and, for activity by period, what speaks of the time before the
 * first one.
 */
final readonly class CrrPeriods extends Value implements \Countable
{
    /**
     * @param ?Periods $periods null when the figures were counted from flags
     * @param int $windowDays the W that was used; 0 when none was
     * @param list<float> $start S: active at the beginning
     * @param list<float> $acquired customers whose first occasion lies in the period
     * @param list<float> $gained N: those of them who are active at its end
     * @param list<float> $retained active at the beginning and at the end
     * @param list<float> $reactivated active at the end, known before the period, but not active at its beginning
     * @param list<float> $lost active at the beginning, not at the end
     * @param list<float> $end E: active at the end
     * @param list<float> $crr (E − N) / S, may exceed 1
     * @param list<float> $crrLow Wilson limits that take those who came back for customers of the start: they do not hold the truth
     *        as often as they say. Trust those of crrStrict
     * @param list<float> $crrHigh
     * @param list<float> $crrStrict retained / S, never exceeds 1
     * @param list<float> $crrStrictLow
     * @param list<float> $crrStrictHigh
     * @param list<float> $churn lost / S
     * @param list<float> $churnLow
     * @param list<float> $churnHigh
     * @param int $span entry k speaks of the periods k to k + span - 1 together
     */
    public function __construct(
        public ?Periods $periods,
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
        public int $span = 1,
    ) {
    }

    /** Number of periods. */
    public function count(): int
    {
        return count($this->start);
    }

    /**
     * How a rate moved: each period against the one `lag` periods before (12, with months: against the same month of the year
     * before). The two are compared as independent shares, which is an approximation where the same customers are counted in both.
     */
    public function change(CrrRate $of = CrrRate::Strict, int $lag = 1, float $level = 0.95, ?Context $context = null): CrrChange
    {
        $part = match ($of) {
            CrrRate::Strict => $this->retained,
            CrrRate::Churn => $this->lost,
        };
        $result = retain_crr_change(
            $context?->raw(),
            $part,
            $this->start,
            Columns::positiveInt($lag, 'lag'),
            Columns::level($level),
            ...array_fill(0, 4, true)
        );
        $list = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        return new CrrChange($lag, $list('change'), $list('low'), $list('high'), $list('p_value'));
    }

    /**
     * A name for each entry: that of its period, those of the first and the last of several, or a number from 0 for flags.
     *
     * @return list<string>
     */
    public function labels(): array
    {
        if ($this->periods === null) {
            return array_map('strval', array_keys($this->start));
        }
        $labels = $this->periods->labels();
        if ($this->span === 1) {
            return $labels;
        }
        return array_map(fn (int $k): string => $labels[$k] . ' - ' . $labels[$k + $this->span - 1], array_keys($this->start));
    }

    /**
     * The periods one by one: label and figures by name.
     *
     * @return list<array<string, string|float>>
     */
    public function rows(): array
    {
        $columns = array_diff_key(get_object_vars($this), ['periods' => 0, 'windowDays' => 0, 'span' => 0]);
        $rows = [];
        foreach ($this->labels() as $k => $label) {
            $rows[] = ['period' => $label] + array_map(static fn (array $column): float => $column[$k], $columns);
        }
        return $rows;
    }
}
