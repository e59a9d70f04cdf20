<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\FitReport;

/**
 * MBG/CNBD-k: MBG/NBD for customers who buy regularly: gaps are Erlang-k. k = 1 is MbgNbd.
 *
 * Platzer & Reutterer 2016, Marketing Science 35(5).
 */
final readonly class MbgCnbd extends RegularModel
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
    public function __construct(
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

    public static function family(): Family
    {
        return Family::MbgCnbd;
    }

    public function parameters(): array
    {
        return [$this->r, $this->alpha, $this->a, $this->b];
    }

    /** Stages of a gap. */
    public function k(): int
    {
        return $this->k;
    }

    public function unitDays(): float
    {
        return $this->unitDays;
    }

    protected static function make(array $parameters, float $unitDays, ?FitReport $report): static
    {
        $k = array_pop($parameters);
        return new self(...[...$parameters, (int) $k, $unitDays, $report]);
    }
}
