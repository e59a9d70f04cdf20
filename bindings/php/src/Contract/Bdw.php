<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\FitReport;

/**
 * Beta-discrete-Weibull: as the sBG, and a customer's risk may rise (c > 1) or fall (c < 1) with tenure.
 *
 * S(t) = B(alpha, beta + t^c) / B(alpha, beta). Its fit begins at that of the sBG, so its likelihood is never lower. Fader, Hardie,
 * Liu, Davin & Steenburgh 2018, J. Interactive Marketing 43, who write gamma and delta for alpha and beta.
 */
final readonly class Bdw extends Model
{
    /**
     * @param float $alpha theta ~ Beta(alpha, beta)
     * @param float $beta see alpha
     * @param float $c above 1 a customer's risk rises with tenure, below 1 it falls
     * @param float $periodDays days from one renewal to the next: 365.25 for years
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $alpha,
        public float $beta,
        public float $c,
        public float $periodDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::Bdw;
    }

    public function parameters(): array
    {
        return [$this->alpha, $this->beta, $this->c];
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
