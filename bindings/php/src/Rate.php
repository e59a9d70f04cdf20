<?php

declare(strict_types=1);

namespace Retain;

/**
 * How sure is a share that was counted: k of n customers?
 *
 *     $rate = Rate::of(30, 40);       // 0.75, between 0.598 and 0.858
 *
 * Rates are fractions (0.25, not 25). The interval is Wilson's score interval, which stays inside [0, 1] and keeps its promise
 * for small n and for rates near 0 and 1 (E. B. Wilson, JASA 22 (1927), 209–212; no continuity correction, two-sided level).
 */
final readonly class Rate extends Value
{
    /**
     * @param float $rate successes / trials; NaN when there are no trials
     * @param float $low lower limit
     * @param float $high upper limit
     */
    public function __construct(
        public float $successes,
        public float $trials,
        public float $rate,
        public float $low,
        public float $high,
        public float $level,
    ) {
    }

    /** A share with its interval. All NaN where undefined: trials <= 0, successes outside [0, trials], level outside (0, 1). */
    public static function of(float $successes, float $trials, float $level = 0.95): self
    {
        $low = self::low($successes, $trials, $level);
        $rate = is_nan($low) ? NAN : $successes / $trials;
        return new self($successes, $trials, $rate, $low, self::high($successes, $trials, $level), $level);
    }

    /** Lower Wilson limit; exactly 0 when successes is 0; NaN where undefined. */
    public static function low(float $successes, float $trials, float $level = 0.95): float
    {
        return retain_rate_low($successes, $trials, $level);
    }

    /** Upper Wilson limit; exactly 1 when successes equals trials; NaN where undefined. */
    public static function high(float $successes, float $trials, float $level = 0.95): float
    {
        return retain_rate_high($successes, $trials, $level);
    }

    /** This rate less another one, of other customers, with interval and test. */
    public function minus(self $other, float $level = 0.95): RateDifference
    {
        return RateDifference::of($this->successes, $this->trials, $other->successes, $other->trials, $level);
    }
}
