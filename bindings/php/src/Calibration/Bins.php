<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Rows;
use Retain\Value;

/** The reliability diagram. Every list has one entry per bin, ascending by score; figures of an empty bin are NaN. */
final readonly class Bins extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $customers sum of the weights
     * @param list<float> $positives to how many of them it happened
     * @param list<float> $meanScore mean probability
     * @param list<float> $share positives / customers
     * @param list<float> $low its Wilson limits
     * @param list<float> $high upper limit
     */
    public function __construct(
        public array $customers,
        public array $positives,
        public array $meanScore,
        public array $share,
        public array $low,
        public array $high,
    ) {
    }

    /** Number of bins. */
    public function count(): int
    {
        return count($this->customers);
    }
}
