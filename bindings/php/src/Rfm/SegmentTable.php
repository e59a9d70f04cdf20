<?php

declare(strict_types=1);

namespace Retain\Rfm;

use Retain\Value;

/**
 * The segment table: who they are, and what they bring. The last entry of every column speaks of all customers.
 *
 * NaN is what does not exist: the mean of nobody, the interval of one.
 */
final readonly class SegmentTable extends Value implements \Countable
{
    /**
     * @param list<float> $customers
     * @param list<float> $share customers / all customers, with Wilson limits
     * @param list<float> $shareLow
     * @param list<float> $shareHigh
     * @param list<float> $revenue
     * @param list<float> $revenueShare revenue / revenue of all, with normal limits of a ratio of sums
     * @param list<float> $revenueShareLow
     * @param list<float> $revenueShareHigh
     * @param list<float> $daysSinceLast means, with Student limits
     * @param list<float> $daysSinceLastLow
     * @param list<float> $daysSinceLastHigh
     * @param list<float> $occasions
     * @param list<float> $occasionsLow
     * @param list<float> $occasionsHigh
     * @param list<float> $meanRevenue
     * @param list<float> $meanRevenueLow
     * @param list<float> $meanRevenueHigh
     * @param ?list<string> $labels names of the segments; null means their numbers
     */
    public function __construct(
        public array $customers,
        public array $share,
        public array $shareLow,
        public array $shareHigh,
        public array $revenue,
        public array $revenueShare,
        public array $revenueShareLow,
        public array $revenueShareHigh,
        public array $daysSinceLast,
        public array $daysSinceLastLow,
        public array $daysSinceLastHigh,
        public array $occasions,
        public array $occasionsLow,
        public array $occasionsHigh,
        public array $meanRevenue,
        public array $meanRevenueLow,
        public array $meanRevenueHigh,
        public float $level,
        public ?array $labels = null,
    ) {
    }

    /** Number of segments. */
    public function count(): int
    {
        return count($this->customers) - 1;
    }

    /**
     * The table row by row, "all" last.
     *
     * @param ?list<string> $labels other names of the segments
     * @return list<array<string, float|string>>
     */
    public function rows(?array $labels = null): array
    {
        $labels ??= $this->labels ?? [];
        $columns = get_object_vars($this);
        unset($columns['level'], $columns['labels']);
        $rows = [];
        foreach (array_keys($this->customers) as $i) {
            $name = $i === count($this) ? 'all' : ($labels[$i] ?? (string) $i);
            $rows[] = ['segment' => $name] + array_map(static fn (array $column): float => $column[$i], $columns);
        }
        return $rows;
    }
}
