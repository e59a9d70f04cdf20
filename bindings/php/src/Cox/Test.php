<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Value;

/** A test that all coefficients are 0. */
final readonly class Test extends Value
{
    /**
     * @param float $statistic chi-squared for many rows
     * @param int $degrees its degrees of freedom
     * @param float $pValue chance of a statistic at least as large, were nothing to it; NaN without an interior maximum, with a prior or
     *        held coefficients
     */
    public function __construct(public float $statistic, public int $degrees, public float $pValue)
    {
    }
}
