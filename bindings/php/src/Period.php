<?php

declare(strict_types=1);

namespace Retain;

/** What a period is. */
enum Period: int
{
    case Month = 0;
    case Day = 1;
    case Week = 2;
    case Quarter = 3;
    case Year = 4;
}
