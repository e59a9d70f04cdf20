<?php

declare(strict_types=1);

namespace Retain;

/** Profit as a function of the retention rate: one entry per rate, NaN where the rate is. */
final readonly class RevenueProfit extends Value implements \Countable
{
    /**
     * @param list<float> $retention
     * @param list<float> $profit discounted, over all periods of the plan
     * @param list<float> $customers at the end
     * @param list<float> $change profit / profit at the plan's base retention − 1; NaN unless that is positive
     */
    public function __construct(
        public array $retention,
        public array $profit,
        public array $customers,
        public array $change,
    ) {
    }

    /** Number of rates. */
    public function count(): int
    {
        return count($this->retention);
    }
}
