<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * A cohort table of any layout, as Cohort::cells() makes it: cell [r][j] speaks of the exposed customers of row r in the window of
 * column j. NaN where nobody is exposed.
 *
 * Rows are acquisition periods ($periods), groups ($labels), or both, group by group.
 */
final readonly class CohortCells extends Value implements \Countable
{
    /**
     * @param list<float> $customers customers of each row so far, exposed or not; NaN for a period that has not begun
     * @param list<list<float>> $exposed customers of the row whose window is over: the denominator of every cell, never NaN
     * @param list<list<float>> $active of these, with an occasion in the window (Unbounded: or later)
     * @param list<list<float>> $repeat of these, with two occasions or more in the window
     * @param list<list<float>> $orders orders that made an occasion
     * @param list<list<float>> $occasions occasions
     * @param list<list<float>> $gross money before refunds
     * @param list<list<float>> $refunds refunds, zero or less, on the order they belong to
     * @param list<list<float>> $net both together: revenue
     * @param list<list<float>> $margin sum of margin x net
     * @param list<list<float>> $value margin / exposed: what an acquired customer brings in this cell
     * @param list<list<float>> $valueError standard error of value
     * @param list<list<float>> $valueLow limits of value by the bootstrap; NaN without replicates
     * @param list<list<float>> $valueHigh
     * @param list<list<float>> $cumulative sum of value over the cells up to this one
     * @param list<list<float>> $cumulativeLow its limits
     * @param list<list<float>> $cumulativeHigh
     * @param list<list<bool>> $complete somebody is exposed, and all of the row so far are
     * @param list<int|string> $labels of the groups; empty where rows have none
     * @param ?list<int> $ages edges of the columns, where they were given
     */
    public function __construct(
        public CohortRows $rows,
        public CohortAxis $axis,
        public CohortKind $kind,
        public array $customers,
        public array $exposed,
        public array $active,
        public array $repeat,
        public array $orders,
        public array $occasions,
        public array $gross,
        public array $refunds,
        public array $net,
        public array $margin,
        public array $value,
        public array $valueError,
        public array $valueLow,
        public array $valueHigh,
        public array $cumulative,
        public array $cumulativeLow,
        public array $cumulativeHigh,
        public array $complete,
        public ?Periods $periods = null,
        public array $labels = [],
        public ?array $ages = null,
        public float $level = 0.95,
    ) {
    }

    /** Number of rows. */
    public function count(): int
    {
        return count($this->customers);
    }

    /** active / exposed, cell by cell, with Wilson intervals. */
    public function share(float $level = 0.95, ?Context $context = null): CohortShare
    {
        return $this->shareOf($this->active, $level, $context);
    }

    /** repeat / exposed, cell by cell, with Wilson intervals. */
    public function repeatShare(float $level = 0.95, ?Context $context = null): CohortShare
    {
        return $this->shareOf($this->repeat, $level, $context);
    }

    /**
     * The average row: sum of active over sum of exposed, column by column. For the average of money with its interval ask for
     * Cohort::cells() with CohortRows::All.
     */
    public function overall(float $level = 0.95, ?Context $context = null): CohortAverage
    {
        $level = Columns::level($level);
        $columns = count($this->exposed[0] ?? []);
        $cells = [array_merge(...$this->exposed), array_merge(...$this->active)];
        $result = retain_cohort_overall($context?->raw(), ...[...$cells, max(1, $columns), $level, true, true, true, true]);
        return new CohortAverage($result['overall'], $result['customers'], $result['low'], $result['high'], $level);
    }

    /**
     * At which age each row has earned back what acquiring one of its customers cost.
     *
     * @param mixed $cost float: of every row; array<array-key, float>|string|Column: row by row, or by label of the group (['DE' => 5.0,
     *        'US' => 50.0]); NAN where it is not known
     */
    public function payback(mixed $cost, ?Context $context = null): CohortPayback
    {
        if (is_string($cost) || $cost instanceof Column) {
            $cost = Columns::list($cost, Columns::FLOAT64);
        } elseif (!is_array($cost) && !is_float($cost) && !is_int($cost)) {
            throw new ArgumentException('cost is ' . get_debug_type($cost) . '; it must be a number or a column of numbers', 1);
        }
        $cost = is_array($cost) ? $this->rowByRow($cost) : array_fill(0, count($this), $cost);
        if (count($cost) !== count($this)) {
            throw new ArgumentException('cost has ' . count($cost) . ' rows; it must have ' . count($this) . ', one per row of the table', 1);
        }
        $result = retain_cohort_payback(null, array_merge(...$this->cumulative), $this->ages, $cost, true, true);
        $outcome = Columns::list($result['outcome'], Columns::UINT8);
        return new CohortPayback($result['payback'], array_map(PaybackOutcome::from(...), $outcome));
    }

    /**
     * Costs by label of the group, in the order of the rows.
     *
     * @param array<array-key, mixed> $cost
     * @return list<mixed>
     */
    private function rowByRow(array $cost): array
    {
        if (array_is_list($cost)) {
            return $cost;
        }
        if ($this->rows !== CohortRows::Group) {
            throw new ArgumentException('cost has keys, but the rows are not groups alone; give a list, one cost per row', 1);
        }
        $found = [];
        foreach ($this->labels as $label) {
            $found[] = array_key_exists($label, $cost) ? $cost[$label] : throw new ArgumentException("cost['$label'] is missing", 1);
        }
        foreach (array_diff_key($cost, array_flip($this->labels)) as $label => $_) {
            throw new ArgumentException("cost has '$label', which is no group of this table", 1);
        }
        return $found;
    }

    /** @param list<list<float>> $counts */
    private function shareOf(array $counts, float $level, ?Context $context): CohortShare
    {
        $level = Columns::level($level);
        $columns = count($this->exposed[0] ?? []);
        $result = retain_cohort_share($context?->raw(), array_merge(...$this->exposed), array_merge(...$counts), $level, true, true, true);
        return new CohortShare(
            Columns::square($result['share'], $columns),
            Columns::square($result['low'], $columns),
            Columns::square($result['high'], $columns),
            $level
        );
    }
}
