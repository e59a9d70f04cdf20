<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Value;

/** Which of two models is nearer to the truth? Q. H. Vuong 1989, Econometrica 57(2). */
final readonly class Comparison extends Value
{
    /**
     * @param float $difference sum of the log-likelihood of the first less that of the second: above 0 speaks for the first
     * @param float $statistic the difference by its standard error, standard normal where both are equally near
     * @param float $pValue chance of one so far from 0 then, two-sided; NaN for fewer than two customers, or models that agree on
     *                      every one
     */
    public function __construct(public float $difference, public float $statistic, public float $pValue)
    {
    }
}
