<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\Column;
use Retain\Value;

/** Customers drawn from a model; columns in the kind of the decisions given. */
final readonly class Simulation extends Value
{
    /**
     * @param list<float>|string|Column $periods decisions seen; of who left, the decision at which
     * @param list<int>|string|Column $left 1 when the last of these was to leave
     * @param list<float>|string|Column $lifetime the decision at which each leaves, seen or not
     */
    public function __construct(
        public array|string|Column $periods,
        public array|string|Column $left,
        public array|string|Column $lifetime,
    ) {
    }
}
