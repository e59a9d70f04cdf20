<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Value;

/** Expected value of an order of somebody unknown. */
final readonly class Mean extends Value
{
    /**
     * @param float $mean money; NaN where it is infinite
     * @param float $low limit from the uncertainty of the parameters; NaN for a model that was not fitted
     * @param float $high
     */
    public function __construct(public float $mean, public float $low, public float $high)
    {
    }
}
