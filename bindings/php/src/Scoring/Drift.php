<?php

declare(strict_types=1);

namespace Retain\Scoring;

use Retain\Rows;
use Retain\Value;

/** Have values drifted between two dates? Every list has one entry per bin. */
final readonly class Drift extends Value implements \Countable
{
    use Rows;

    /**
     * @param float $psi population stability index: below 0.1 is often called stable and above 0.25 a shift, whatever the numbers; NaN
     *        when there are no values, or one bin only
     * @param float $pValue chance of an index at least as large, had nothing changed
     * @param list<float> $edge largest value before of each bin; infinite for the last
     * @param list<float> $beforeShare its share before
     * @param list<float> $afterShare its share after
     */
    public function __construct(
        public float $psi,
        public float $pValue,
        public array $edge,
        public array $beforeShare,
        public array $afterShare,
    ) {
    }

    /** Number of bins. */
    public function count(): int
    {
        return count($this->edge);
    }
}
