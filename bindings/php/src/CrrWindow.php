<?php

declare(strict_types=1);

namespace Retain;

/** An activity window from the data. */
final readonly class CrrWindow extends Value
{
    /**
     * @param float $windowDays within so many days the share asked for comes back; NaN when nobody has come back, or too few
     * @param float $reached share of gaps that close within the time observed
     */
    public function __construct(public float $windowDays, public float $reached)
    {
    }
}
