<?php

declare(strict_types=1);

namespace Retain\Cox;

/** What a coefficient is supposed to change with. */
enum Transform: int
{
    /** The share of all rows that have ended just before: outliers in time do no harm. */
    case KaplanMeier = 0;
    case Identity = 1;
    case Log = 2;
    case Rank = 3;
}
