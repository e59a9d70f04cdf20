<?php

declare(strict_types=1);

namespace Retain\Scoring;

use Retain\Rows;
use Retain\Value;

/** The points of the ROC, precision-recall and gains curves, the largest score first. */
final readonly class Points extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $score distinct scores
     * @param list<float> $selected customers with such a score or a larger one
     * @param list<float> $positives those among them to whom it happened
     * @param list<float> $precision positives / selected
     * @param list<float> $recall positives / all positives, the true positive rate
     * @param list<float> $fallout the false positive rate
     * @param list<float> $expected recalibrated probability of such a score: the best that never falls with it
     */
    public function __construct(
        public array $score,
        public array $selected,
        public array $positives,
        public array $precision,
        public array $recall,
        public array $fallout,
        public array $expected,
    ) {
    }

    /** Number of distinct scores. */
    public function count(): int
    {
        return count($this->score);
    }
}
