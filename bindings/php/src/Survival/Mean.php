<?php

declare(strict_types=1);

namespace Retain\Survival;

use Retain\Value;

/** A restricted mean: the area under the curve up to a horizon. */
final readonly class Mean extends Value
{
    /**
     * @param float $value NaN when nobody was watched up to the horizon
     * @param float $standardError its standard error
     * @param float $low its limits; NaN where nothing ended
     * @param float $high
     */
    public function __construct(public float $value, public float $standardError, public float $low, public float $high)
    {
    }
}
