<?php

declare(strict_types=1);

namespace Retain;

/** What "retained at age a" means. */
enum CohortKind: int
{
    /** N-period: an occasion in exactly that period. */
    case Period = 0;

    /**
     * An occasion in that period or a later one up to the observation end. Biased down in the latest periods, where "later" has
     * hardly begun.
     */
    case Unbounded = 1;

    /** An occasion in a range of ages, such as days 8 to 30: for Cohort::cells() with uneven age edges. */
    case Bracket = 2;
}
