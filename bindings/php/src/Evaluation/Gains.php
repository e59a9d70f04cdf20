<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** Cumulative gains: which share of all that came was brought by the best customers by forecast. */
final readonly class Gains extends Value
{
    /**
     * @param list<float> $share shares of the customers, best first: what a ranking at random captures
     * @param list<float> $capture share of the sum of actual that they brought; NaN when that is 0
     * @param list<float> $low
     * @param list<float> $high
     * @param list<float> $perfect the same for a perfect ranking
     */
    public function __construct(
        public array $share,
        public array $capture,
        public array $low,
        public array $high,
        public array $perfect,
    ) {
    }

    /**
     * How many times better than a ranking at random: capture / share; NaN for a share of 0.
     *
     * @return list<float>
     */
    public function lift(): array
    {
        return array_map(static fn (float $capture, float $share): float => $share > 0 ? $capture / $share : NAN, $this->capture, $this->share);
    }
}
