<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Value;

/** Calibrated probabilities with limits that say how well the calibration is known, not what one customer will do. */
final readonly class Limits extends Value
{
    /**
     * @param list<float> $probability
     * @param list<float> $low
     * @param list<float> $high
     */
    public function __construct(
        public array $probability,
        public array $low,
        public array $high,
    ) {
    }
}
