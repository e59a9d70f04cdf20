<?php

declare(strict_types=1);

namespace Retain\Survival;

use Retain\Rows;
use Retain\Value;

/** The share that lasts longer than given times. */
final readonly class Reading extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $time as asked
     * @param list<float> $survival share that lasts longer; NaN where nobody was watched so long
     * @param list<float> $standardError NaN where the share is 0
     * @param list<float> $low limits; NaN where the share is 0 or 1
     * @param list<float> $high
     * @param list<float> $atRisk rows at risk there: how much the share rests on
     */
    public function __construct(
        public array $time,
        public array $survival,
        public array $standardError,
        public array $low,
        public array $high,
        public array $atRisk,
    ) {
    }

    /** Number of readings. */
    public function count(): int
    {
        return count($this->time);
    }
}
