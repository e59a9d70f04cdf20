<?php

declare(strict_types=1);

namespace Retain\Concordance;

use Retain\Rows;
use Retain\Value;

/** Figures at given times. Every list has one entry per time; NaN where nothing can be said. */
final readonly class Times extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $time
     * @param list<float> $value AUC, or Brier score
     * @param list<float> $standardError
     * @param list<float> $low its limits
     * @param list<float> $high upper limit
     * @param list<float> $cases rows that had left by then
     * @param list<float> $controls rows that were still there
     * @param list<float> $nullValue the same for a score that says nothing
     */
    public function __construct(
        public array $time,
        public array $value,
        public array $standardError,
        public array $low,
        public array $high,
        public array $cases,
        public array $controls,
        public array $nullValue,
    ) {
    }

    /** Number of times. */
    public function count(): int
    {
        return count($this->time);
    }
}
