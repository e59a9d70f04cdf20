<?php

declare(strict_types=1);

namespace Retain;

/** Whose months, quarters and years. */
enum CalendarSystem: int
{
    /** Proleptic Gregorian; exact for any year in [-1000000, 1000000]. */
    case Gregorian = 0;

    /** Solar Hijri, the calendar of Iran and Afghanistan; years 1 to 3177. */
    case Jalali = 1;
}
