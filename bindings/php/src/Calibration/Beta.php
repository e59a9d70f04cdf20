<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Context;
use Retain\Exception\ConvergenceException;

/**
 * Beta calibration: logit p = a log s − b log(1 − s) + c with a, b >= 0, for scores that are probabilities already. It can take back what
 * is too bold or too timid, differently at either end, and leaves true probabilities (a = b = 1, c = 0) alone. Kull, Silva Filho and
 * Flach (2017).
 */
final readonly class Beta extends Model
{
    protected const KIND = 1;

    public function __construct(
        public float $a,
        public float $b,
        public float $c,
        public ?Report $report = null,
    ) {
    }

    /**
     * Learns which share stands behind a score.
     *
     * @param mixed $score list<float>|string|Column: in [0, 1]
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @param mixed $weight optional: how many customers each row stands for
     * @param float $level two-sided level of the limits in the report
     * @throws ConvergenceException where outcomes say nothing about scores; with `model` and `report`
     */
    public static function fit(
        mixed $score,
        mixed $outcome,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        return self::learn($score, $outcome, $weight, $level, false, $context);
    }

    public function parameters(): array
    {
        return ['a' => $this->a, 'b' => $this->b, 'c' => $this->c];
    }

    protected static function make(array $numbers, ?Report $report): static
    {
        return new self($numbers[0], $numbers[1], $numbers[2], $report);
    }
}
