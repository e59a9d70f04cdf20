<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Exception\ArgumentException;
use Retain\FitReport;

/**
 * Families of regular customers: a purchase happens at every k-th tick of a hidden clock, so gaps are the more even the larger k
 * is. Their fit reads `logGaps`, which Orders::summary(logGaps: true) makes, unless k is 1; it is told `k`, or chooses it by likelihood.
 */
abstract readonly class RegularModel extends Model
{
    /**
     * @param float $r shape of the rates
     * @param float $alpha rate of the rates, in units of time: gaps are k / lambda on average
     * @param float $a first parameter of the probability of leaving
     * @param float $b second parameter of the probability of leaving
     * @param int $k stages of a gap, 1 to 64
     * @param float $unitDays days in the unit of time: 7 for weeks
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    final public function __construct(
        public float $r,
        public float $alpha,
        public float $a,
        public float $b,
        public int $k,
        public float $unitDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    final public function parameters(): array
    {
        return [$this->r, $this->alpha, $this->a, $this->b];
    }

    /** Stages of a gap. */
    final public function k(): int
    {
        return $this->k;
    }

    final public function unitDays(): float
    {
        return $this->unitDays;
    }

    final protected static function make(array $parameters, float $unitDays, ?FitReport $report): static
    {
        $k = array_pop($parameters);
        return new static(...[...$parameters, (int) $k, $unitDays, $report]);
    }

    /**
     * For constructors: k is a whole number in its range, or 0 where a fit had too little data to begin.
     *
     * @internal
     */
    protected function check(): void
    {
        parent::check();
        $least = is_nan($this->r) ? 0 : 1;
        if ($this->k < $least || $this->k > 64) {
            throw new ArgumentException("k is $this->k; it must lie in [1, 64]", 1);
        }
    }
}
