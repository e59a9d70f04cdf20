<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\FitReport;

/**
 * Shifted beta-geometric: each customer leaves at every decision with a probability of his own, theta ~ Beta(alpha, beta).
 *
 * S(t) = B(alpha, beta + t) / B(alpha, beta). Fader & Hardie 2007, J. Interactive Marketing 21(1); value by the same, 2010, Marketing
 * Science 29(1).
 */
final readonly class Sbg extends Model
{
    /**
     * @param float $alpha theta ~ Beta(alpha, beta)
     * @param float $beta see alpha
     * @param float $periodDays days from one renewal to the next: 365.25 for years
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $alpha,
        public float $beta,
        public float $periodDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::Sbg;
    }

    public function parameters(): array
    {
        return [$this->alpha, $this->beta];
    }

    /** Days from one renewal to the next. */
    public function periodDays(): float
    {
        return $this->periodDays;
    }

    /** What there is to say about the fit, if the model comes from one. */
    public function report(): ?FitReport
    {
        return $this->report;
    }

    protected static function make(array $parameters, float $periodDays, ?FitReport $report): static
    {
        return new self(...[...$parameters, $periodDays, $report]);
    }
}
