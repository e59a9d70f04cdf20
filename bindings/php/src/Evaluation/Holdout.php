<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Btyd\Model;
use Retain\Customers;
use Retain\Evaluation;
use Retain\FitReport;
use Retain\Verdict;

/** One family, fitted up to one day and tested on what came after it. */
final readonly class Holdout
{
    /**
     * @param Model $model parameters are NaN when there was too little data to begin
     * @param Verdict $verdict how the fit ended; None when a model was given
     * @param Customers $customers at the end of the calibration
     * @param list<float> $expected occasions in the days after it, by the model; NaN where there is none
     * @param list<float> $actual occasions that came
     * @param Backtest $backtest all figures, beside those of naive rules
     */
    public function __construct(
        public Model $model,
        public Verdict $verdict,
        public ?FitReport $report,
        public Customers $customers,
        public array $expected,
        public array $actual,
        public Backtest $backtest,
    ) {
    }

    /** Errors of the forecast. */
    public function errors(float $level = 0.95): Errors
    {
        return Evaluation::errors($this->expected, $this->actual, level: $level);
    }

    /** How well it ranks. */
    public function ranking(float $level = 0.95): Ranking
    {
        return Evaluation::ranking($this->expected, $this->actual, level: $level);
    }

    /** Which share of what came the best customers by forecast brought. */
    public function gains(float $level = 0.95): Gains
    {
        return Evaluation::gains($this->expected, $this->actual, level: $level);
    }

    /** What customers did of whom little, more, most was expected. */
    public function calibration(int $groups = 10, float $level = 0.95): Groups
    {
        return Evaluation::calibration($this->expected, $this->actual, $groups, level: $level);
    }

    /** The same by the number of repeat orders before. */
    public function byFrequency(int $classes = 8, float $level = 0.95): Groups
    {
        return Evaluation::byFrequency($this->customers->frequency, $this->expected, $this->actual, $classes, level: $level);
    }
}
