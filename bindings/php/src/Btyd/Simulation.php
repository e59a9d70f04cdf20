<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Customers;

/** Customers drawn from a model; columns in the kind of the ages given. */
final readonly class Simulation
{
    /**
     * @param Customers $customers what a shop would have seen of them
     * @param list<float>|string|Column $alive 1 when alive at T, else 0
     * @param list<float>|string|Column $future occasions in (T, T + t]
     */
    public function __construct(
        public Customers $customers,
        public array|string|Column $alive,
        public array|string|Column $future,
    ) {
    }
}
