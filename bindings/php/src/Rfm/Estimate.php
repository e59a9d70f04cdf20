<?php

declare(strict_types=1);

namespace Retain\Rfm;

use Retain\Value;

/** A figure with its interval. NaN where it does not exist. */
final readonly class Estimate extends Value
{
    public function __construct(public float $value, public float $low, public float $high, public float $level)
    {
    }
}
