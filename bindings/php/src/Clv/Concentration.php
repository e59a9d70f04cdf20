<?php

declare(strict_types=1);

namespace Retain\Clv;

use Retain\Value;

/** How few customers hold how much of the value. */
final readonly class Concentration extends Value
{
    /** Shares of the best customers that `top` speaks of. */
    public const SHARES = [0.01, 0.05, 0.1, 0.2];

    /**
     * @param int $customers who have a value
     * @param float $gini Gini coefficient
     * @param float $giniLow
     * @param float $giniHigh
     * @param list<float> $top share of all value that the best 1, 5, 10 and 20 % hold
     * @param list<float> $topLow
     * @param list<float> $topHigh
     */
    public function __construct(
        public int $customers,
        public float $gini,
        public float $giniLow,
        public float $giniHigh,
        public array $top,
        public array $topLow,
        public array $topHigh,
    ) {
    }
}
