<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Rows;
use Retain\Value;

/** The reliability curve. Every list has one entry per probability asked. */
final readonly class Reliability extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $at probabilities
     * @param list<float> $expected what share stands behind them; NaN beyond the least and the largest score, as are limits
     * @param list<float> $low lower limit of what may be seen if probabilities are true
     * @param list<float> $high upper limit
     */
    public function __construct(
        public array $at,
        public array $expected,
        public array $low,
        public array $high,
    ) {
    }

    /** Number of points. */
    public function count(): int
    {
        return count($this->at);
    }
}
