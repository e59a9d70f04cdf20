<?php

declare(strict_types=1);

namespace Retain\Boosting;

use Retain\Rows;
use Retain\Value;

/** Shape of a column: what is expected if every row had this value in it. Every list has one entry per value. */
final readonly class Dependence extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $value what was asked; NaN for missing
     * @param list<float> $logOdds mean log odds
     * @param list<float> $probability mean probability
     * @param list<float> $low its limits, for the model as it is
     * @param list<float> $high upper limits
     */
    public function __construct(
        public array $value,
        public array $logOdds,
        public array $probability,
        public array $low,
        public array $high,
    ) {
    }

    /** Number of values. */
    public function count(): int
    {
        return count($this->value);
    }
}
