<?php

declare(strict_types=1);

namespace Retain;

/** Who is an active customer at an instant. */
enum CrrActivity: int
{
    /** Whoever had an occasion in the W days before it. */
    case Window = 0;

    /**
     * Whoever had an occasion in the period that ends there: "of those who bought in January, how many bought in February?" Nobody
     * can say who was active before the first period: what speaks of that is NaN.
     */
    case Period = 1;
}
