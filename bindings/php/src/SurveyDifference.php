<?php

declare(strict_types=1);

namespace Retain;

/** Difference of two NPS; NaN where one has no responses. */
final readonly class SurveyDifference extends Value
{
    /**
     * @param float $low lower limit of its interval
     * @param float $high upper limit
     */
    public function __construct(public float $difference, public float $low, public float $high)
    {
    }
}
