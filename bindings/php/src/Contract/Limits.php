<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\Column;
use Retain\Value;

/** Values with their limits, each point alone; NaN where the fit does not say how sure it is. */
final readonly class Limits extends Value
{
    /**
     * @param list<float>|string|Column $value
     * @param list<float>|string|Column $low
     * @param list<float>|string|Column $high
     */
    public function __construct(
        public array|string|Column $value,
        public array|string|Column $low,
        public array|string|Column $high,
    ) {
    }
}
