<?php

declare(strict_types=1);

namespace Retain;

/** How regular customers are, all together. */
final readonly class Regularity extends Value
{
    /**
     * @param float $k regularity, the shape of the gaps: 1 is buying at random, 2 and more are even gaps, below 1 are bursts; NaN
     *        without pairs
     * @param float $standardError of k, customers being the units; NaN for fewer than two of them
     * @param float $low lower limit of k, symmetric in its logarithm
     * @param float $high its upper limit
     * @param float $variance mean of (M − 1/2)², M being the share of the first gap in both of a pair
     * @param float $pairs pairs of successive gaps; a gap is in one pair at most
     * @param float $customers customers with at least two closed gaps
     */
    public function __construct(
        public float $k,
        public float $standardError,
        public float $low,
        public float $high,
        public float $variance,
        public float $pairs,
        public float $customers,
    ) {
    }
}
