<?php

declare(strict_types=1);

namespace Retain;

/** What a row of a cohort table is. */
enum CohortRows: int
{
    /** Acquisition period. */
    case Period = 0;

    /** Group of customers. */
    case Group = 1;

    /** Both, group by group. */
    case Both = 2;

    /** All customers: one row, the average row of every other table. */
    case All = 3;
}
