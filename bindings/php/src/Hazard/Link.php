<?php

declare(strict_types=1);

namespace Retain\Hazard;

/** The scale on which predictors add up. */
enum Link: int
{
    /** Log odds; ratios are odds ratios. */
    case Logit = 0;

    /** The logarithm of the cumulative hazard of a period: Cox regression of whole periods; ratios are hazard ratios. */
    case ComplementaryLogLog = 1;

    /** Its name in stored models. */
    public function stored(): string
    {
        return $this === self::Logit ? 'logit' : 'complementary log-log';
    }
}
