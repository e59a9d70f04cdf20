<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** What customers did, by what was expected of them or by their past orders. NaN in groups without customers. */
final readonly class Groups extends Value implements \Countable
{
    /**
     * @param list<float> $customers sums of the weights
     * @param list<float> $expected means of the forecast
     * @param list<float> $actual means of what came
     * @param list<float> $actualLow lower limits of that mean
     * @param list<float> $actualHigh upper limits
     * @param list<float> $least smallest forecast in the group
     * @param list<float> $most largest forecast in the group
     */
    public function __construct(
        public array $customers,
        public array $expected,
        public array $actual,
        public array $actualLow,
        public array $actualHigh,
        public array $least,
        public array $most,
    ) {
    }

    /** Number of groups. */
    public function count(): int
    {
        return count($this->customers);
    }
}
