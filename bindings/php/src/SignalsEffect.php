<?php

declare(strict_types=1);

namespace Retain;

/**
 * The exposed against others like them. occasions = open + outside + returnedEarly + exposed + unexposed.
 */
final readonly class SignalsEffect extends Value
{
    /**
     * @param float $occasions all occasions up to the observation end
     * @param float $open left out: the horizon was not over
     * @param float $outside left out: outside the periods
     * @param float $returnedEarly left out: the customer was back before or on the landmark
     * @param float $exposed judged, with an event in time
     * @param float $exposedReturned back within the horizon
     * @param float $unexposed judged, without an event
     * @param float $unexposedReturned back within the horizon
     * @param float $crude plain difference of the two rates: biased when bad things happen to other customers
     * @param float $strata strata that hold both
     * @param float $matched exposed in them
     * @param float $unmatched exposed without anybody to compare with
     * @param float $controls unexposed in these strata
     * @param float $matchedRate share of the matched who came back
     * @param float $controlRate what to expect without the event
     * @param int $strangers events of customers without a row in the log: if they are many, the ids do not belong together
     * @param float $effect matchedRate − controlRate: the effect on those to whom it happened; NaN when nobody is matched
     */
    public function __construct(
        public float $occasions,
        public float $open,
        public float $outside,
        public float $returnedEarly,
        public float $exposed,
        public float $exposedReturned,
        public float $unexposed,
        public float $unexposedReturned,
        public float $crude,
        public float $crudeLow,
        public float $crudeHigh,
        public float $strata,
        public float $matched,
        public float $unmatched,
        public float $controls,
        public float $matchedRate,
        public float $controlRate,
        public float $effect,
        public float $standardError,
        public float $effectLow,
        public float $effectHigh,
        public int $strangers,
    ) {
    }
}
