<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** How often intervals held what they promised. */
final readonly class Coverage extends Value
{
    /**
     * @param float $customers sum of the weights
     * @param float $covered of these, low <= actual <= high
     * @param float $below actual < low
     * @param float $above actual > high
     * @param float $coverage covered / customers, to be compared with the level that the intervals were made for
     * @param float $low lower Wilson limit of coverage
     * @param float $high upper limit
     * @param float $width mean of high − low
     */
    public function __construct(
        public float $customers,
        public float $covered,
        public float $below,
        public float $above,
        public float $coverage,
        public float $low,
        public float $high,
        public float $width,
    ) {
    }
}
