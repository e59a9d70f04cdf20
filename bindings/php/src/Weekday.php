<?php

declare(strict_types=1);

namespace Retain;

/** Days of the week as ISO 8601 counts them. */
enum Weekday: int
{
    case Monday = 1;
    case Tuesday = 2;
    case Wednesday = 3;
    case Thursday = 4;
    case Friday = 5;
    case Saturday = 6;
    case Sunday = 7;

    /** The weekday of a day: a day number, a date such as '2024-01-31', or a DateTimeInterface. */
    public static function of(int|string|\DateTimeInterface $day): self
    {
        return self::from(retain_calendar_weekday(Day::of($day)));
    }
}
