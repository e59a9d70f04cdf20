<?php

declare(strict_types=1);

namespace Retain\Boosting;

use Retain\Value;

/** Which columns matter, over many rows. Every array has one entry per column, by name. */
final readonly class Importance extends Value
{
    /**
     * @param array<string, float> $mean mean size of the contributions to the log odds; NaN without rows
     * @param array<string, float> $low its limits, for the model as it is
     * @param array<string, float> $high upper limits
     * @param array<string, float> $gain what the splits took off the log loss of the fit
     */
    public function __construct(
        public array $mean,
        public array $low,
        public array $high,
        public array $gain,
    ) {
    }
}
