<?php

declare(strict_types=1);

namespace Retain;

/** A share, a mean or a ratio, and what it is made of. */
final readonly class Figure extends Value
{
    /**
     * @param float $numerator what was counted or summed
     * @param float $denominator among or over how many
     * @param float $value numerator / denominator; NaN when the denominator is 0
     * @param float $low lower limit of its interval; NaN where there is none
     * @param float $high upper limit
     */
    public function __construct(
        public float $numerator,
        public float $denominator,
        public float $value,
        public float $low,
        public float $high,
    ) {
    }
}
