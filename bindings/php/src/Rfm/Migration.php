<?php

declare(strict_types=1);

namespace Retain\Rfm;

use Retain\Value;

/**
 * From which segment to which customers moved between two dates: cell [$from][$to].
 *
 * With n segments, row n holds those who were not yet customers and column n those who are no longer there. Rows add up to the
 * segments before, columns to those after.
 */
final readonly class Migration extends Value implements \Countable
{
    /**
     * @param list<list<float>> $customers
     * @param list<list<float>> $share customers over the sum of their row; NaN for an empty row
     * @param list<list<float>> $low Wilson limits
     * @param list<list<float>> $high
     */
    public function __construct(
        public array $customers,
        public array $share,
        public array $low,
        public array $high,
        public float $level,
    ) {
    }

    /** Number of segments. */
    public function count(): int
    {
        return count($this->customers) - 1;
    }
}
