<?php

declare(strict_types=1);

namespace Retain;

/** What became of the cost of acquiring a row's customers. */
enum PaybackOutcome: int
{
    /** The cost is not known, or the row has no value at all. */
    case None = 0;

    /** Earned back. */
    case Reached = 1;

    /** Not yet: later columns are not over. */
    case Open = 2;

    /** All columns are over, and it was not enough. */
    case Missed = 3;
}
