<?php

declare(strict_types=1);

namespace Retain\Boosting;

/** Which contributions are reasons. */
enum Direction: int
{
    /** All that are not 0. */
    case Either = 0;

    /** Those that raise the probability. */
    case Raising = 1;

    /** Those that lower it. */
    case Lowering = 2;
}
