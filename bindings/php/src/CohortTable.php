<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Customers, orders and money by cohort and age: cell [c][a] speaks of cohort c in calendar period c + a.
 *
 * A cell whose period is not over, or would lie beyond the last period, is NaN and not complete: never 0.
 */
final readonly class CohortTable extends Value implements \Countable
{
    /**
     * @param list<float> $size customers acquired in each period: so far, when it is not over
     * @param list<list<float>> $active active customers
     * @param list<list<float>> $orders orders
     * @param list<list<float>> $revenue money
     * @param list<list<bool>> $complete is the cell's period over?
     */
    public function __construct(
        public Periods $periods,
        public CohortKind $kind,
        public array $size,
        public array $active,
        public array $orders = [],
        public array $revenue = [],
        public array $complete = [],
    ) {
    }

    /** Number of cohorts. */
    public function count(): int
    {
        return count($this->size);
    }

    /**
     * Retention with its Wilson interval: active / size, cell by cell. NaN where active is NaN or the cohort is empty.
     *
     * @param float $level two-sided level of the interval, in (0, 1)
     * @throws DataException for a count below 0 or above its cohort
     */
    public function retention(float $level = 0.95, ?Context $context = null): CohortRetention
    {
        $n = count($this->size);
        $level = Columns::level($level);
        $result = retain_cohort_retention($context?->raw(), $this->size, array_merge(...$this->active), $level, true, true, true);
        return new CohortRetention(
            $this->periods,
            Columns::square($result['retention'], $n),
            Columns::square($result['low'], $n),
            Columns::square($result['high'], $n),
            $level
        );
    }

    /**
     * The average row: retention by age over all cohorts that have completed that age, weighted by their size. A plain mean of
     * the rows would let a cohort of ten customers count as much as one of ten thousand.
     */
    public function average(float $level = 0.95, ?Context $context = null): CohortAverage
    {
        $level = Columns::level($level);
        $result = retain_cohort_average($context?->raw(), $this->size, array_merge(...$this->active), $level, true, true, true, true);
        return new CohortAverage($result['average'], $result['customers'], $result['low'], $result['high'], $level);
    }
}
