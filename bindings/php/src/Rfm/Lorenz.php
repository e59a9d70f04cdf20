<?php

declare(strict_types=1);

namespace Retain\Rfm;

use Retain\Value;

/** Points of the Lorenz curve, or shares of the best customers, with their intervals. */
final readonly class Lorenz extends Value
{
    /**
     * @param list<float> $p shares of customers
     * @param list<float> $share shares of value
     * @param list<float> $low
     * @param list<float> $high
     */
    public function __construct(
        public array $p,
        public array $share,
        public array $low,
        public array $high,
        public float $level,
    ) {
    }
}
