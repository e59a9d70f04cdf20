<?php

declare(strict_types=1);

namespace Retain\Risk;

/** Whom to act on. */
enum Band: int
{
    /** Acting costs more than it is expected to bring, or that is not known. */
    case LeaveAlone = 0;

    /** Acting pays, but others come first. */
    case Worth = 1;

    /** Acting pays, and he is among those who can be acted on. */
    case Act = 2;
}
