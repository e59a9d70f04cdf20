<?php

declare(strict_types=1);

namespace Retain;

/** What a column of a cohort table is. */
enum CohortAxis: int
{
    /** Periods since the acquisition period. */
    case Age = 0;

    /** Calendar periods: the layer cake. */
    case Calendar = 1;

    /** Days since each customer's own first occasion. */
    case Rolling = 2;
}
