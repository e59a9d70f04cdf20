<?php

declare(strict_types=1);

namespace Retain;

/** How a rate moved, period by period, against an earlier one; NaN where one of the two does not exist. */
final readonly class CrrChange extends Value implements \Countable
{
    /**
     * @param int $lag so many periods lie between the two
     * @param list<float> $change the rate less the one `lag` periods before
     * @param list<float> $low
     * @param list<float> $high
     * @param list<float> $pValue two-sided, of "nothing changed"
     */
    public function __construct(
        public int $lag,
        public array $change,
        public array $low,
        public array $high,
        public array $pValue,
    ) {
    }

    /** Number of periods. */
    public function count(): int
    {
        return count($this->change);
    }
}
