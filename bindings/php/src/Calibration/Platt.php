<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Context;
use Retain\Exception\ConvergenceException;

/** Platt scaling: logit p = a s + c, for any scores. */
final readonly class Platt extends Model
{
    protected const KIND = 0;

    public function __construct(
        public float $a,
        public float $c,
        public ?Report $report = null,
    ) {
    }

    /**
     * Learns which share stands behind a score.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @param mixed $weight optional: how many customers each row stands for
     * @param float $level two-sided level of the limits in the report
     * @param bool $plain take outcomes as they are, which is logistic regression; else they count as a little inside of 0 and 1
     *        (Platt 1999), so that few data do not give bold answers
     * @throws ConvergenceException where outcomes say nothing about scores; with `model` and `report`
     */
    public static function fit(
        mixed $score,
        mixed $outcome,
        mixed $weight = null,
        float $level = 0.95,
        bool $plain = false,
        ?Context $context = null,
    ): self {
        return self::learn($score, $outcome, $weight, $level, $plain, $context);
    }

    public function parameters(): array
    {
        return ['a' => $this->a, 'c' => $this->c];
    }

    protected static function make(array $numbers, ?Report $report): static
    {
        return new self($numbers[0], $numbers[2], $report);
    }
}
