<?php

declare(strict_types=1);

namespace Retain;

/** The scale on which the intervals of a Kaplan–Meier curve are symmetric; S is the share not yet back. */
enum IntervalScale: int
{
    /** log(−log S): holds in small samples. */
    case LogLog = 0;

    /** log S: the default of R's survfit. */
    case Log = 1;

    /** S itself. */
    case Plain = 2;
}
