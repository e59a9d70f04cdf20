<?php

declare(strict_types=1);

namespace Retain\Rfm;

/** By what customers are put into tiers. */
enum TierKind: int
{
    /** Share of the value that better customers bring: ABC analysis. Default cuts 0.8 and 0.95. */
    case Value = 0;

    /** Share of the customers who are better: VIP tiers. Default cuts 0.01, 0.05 and 0.2. */
    case Customers = 1;
}
