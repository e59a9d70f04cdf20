<?php

declare(strict_types=1);

namespace Retain;

/**
 * Difference of the rates of two independent groups, first less second, with its interval and a test.
 *
 *     $found = RateDifference::of(56, 70, 48, 80);             // 0.2, between 0.052 and 0.334, P = 0.008
 *     $found = Rate::of(56, 70)->minus(Rate::of(48, 80));      // the same
 *
 * The interval is Newcombe's hybrid score interval, which exists with empty cells too and stays inside [-1, 1] (R. G. Newcombe,
 * Statistics in Medicine 17 (1998), 873-890, method 10). The test is the score test with the pooled rate, without correction; below
 * some five expected successes or failures in a group trust the interval.
 */
final readonly class RateDifference extends Value
{
    /**
     * @param float $difference first rate less second; NaN when one of the two is no rate
     * @param float $low lower limit
     * @param float $high upper limit
     * @param float $z score statistic of "both rates are the same"; NaN when nobody or everybody succeeded in both groups
     * @param float $pValue its two-sided P
     */
    public function __construct(
        public float $difference,
        public float $low,
        public float $high,
        public float $z,
        public float $pValue,
        public float $level,
    ) {
    }

    /** From counts: successes of trials in both groups. */
    public static function of(
        float $successes1,
        float $trials1,
        float $successes2,
        float $trials2,
        float $level = 0.95,
    ): self {
        $counts = [$successes1, $trials1, $successes2, $trials2];
        return new self(
            retain_rate_difference(...$counts),
            retain_rate_difference_low(...[...$counts, $level]),
            retain_rate_difference_high(...[...$counts, $level]),
            retain_rate_difference_z(...$counts),
            retain_rate_difference_p_value(...$counts),
            $level,
        );
    }
}
