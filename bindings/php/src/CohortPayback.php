<?php

declare(strict_types=1);

namespace Retain;

/** At which age each row of a cohort table has earned back what its customers cost. */
final readonly class CohortPayback extends Value
{
    /**
     * @param list<float> $age by the end of this age the customers have paid back; NaN when they have not
     * @param list<PaybackOutcome> $outcome
     */
    public function __construct(
        public array $age,
        public array $outcome,
    ) {
    }
}
