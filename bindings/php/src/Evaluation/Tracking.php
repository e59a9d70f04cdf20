<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** Repeat orders of all customers in each step of time, in fact and by a model. */
final readonly class Tracking extends Value implements \Countable
{
    /**
     * @param list<int> $lastDay last day of each step, a day number
     * @param list<float> $actual repeat occasions within the step
     * @param list<float> $expected the same by the model
     * @param list<float> $actualTotal since the beginning
     * @param list<float> $expectedTotal
     */
    public function __construct(
        public array $lastDay,
        public array $actual,
        public array $expected,
        public array $actualTotal,
        public array $expectedTotal,
    ) {
    }

    /** Number of steps. */
    public function count(): int
    {
        return count($this->lastDay);
    }
}
