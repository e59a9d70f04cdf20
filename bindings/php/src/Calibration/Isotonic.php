<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Calibration;
use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ConvergenceException;
use Retain\Value;

/**
 * Isotonic calibration: the best fit that never falls with the score. No shape is assumed, so it needs some thousand customers; it says 0
 * and 1 at the ends, which is more than is known. Linear between knots, and that of the nearest beyond.
 */
final readonly class Isotonic extends Value
{
    /**
     * @param list<float> $score the knots, ascending: both ends of each block of scores that share a probability
     * @param list<float> $probability of the knots, never falling
     */
    public function __construct(
        public array $score,
        public array $probability,
    ) {
    }

    /**
     * Learns which share stands behind a score.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @param mixed $weight optional: how many customers each row stands for
     * @throws ConvergenceException where there is one outcome only
     */
    public static function fit(mixed $score, mixed $outcome, mixed $weight = null, ?Context $context = null): self
    {
        $columns = Calibration::columns($score, $outcome, $weight);
        return new self(...Columns::lists(retain_calibration_isotonic($context?->raw(), ...[...$columns, true, true])));
    }

    /**
     * The probabilities that scores stand for.
     *
     * @param mixed $score list<float>|string|Column
     * @return list<float>|string|Column in the kind of the scores
     */
    public function predict(mixed $score, ?Context $context = null): array|string|Column
    {
        $scores = Columns::check($score, 'score');
        return retain_calibration_interpolated($context?->raw(), $this->score, $this->probability, $scores, true)['probability'];
    }
}
