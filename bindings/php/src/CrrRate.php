<?php

declare(strict_types=1);

namespace Retain;

/** A rate of CrrPeriods that is a share of the customers at the start, and so can be compared between periods. */
enum CrrRate
{
    /** retained / start. */
    case Strict;

    /** lost / start. */
    case Churn;
}
