<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Value;

/** One way to measure whether spend goes with frequency. */
final readonly class Measure extends Value
{
    /**
     * @param float $value 0 where there is no dependence; NaN where there is too little to tell
     * @param float $low lower limit
     * @param float $high upper limit
     * @param float $pValue chance of a value at least so far from 0 where there is none, two-sided
     */
    public function __construct(public float $value, public float $low, public float $high, public float $pValue)
    {
    }
}
