<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Btyd\Interval;
use Retain\Columns;
use Retain\Context;
use Retain\Value;

/** What past periods say about shocks that all customers share, and about a bias. */
final readonly class Shocks extends Value
{
    /**
     * @param float $periods periods that were looked at
     * @param float $degrees of freedom: one less, or as many where forecasts were taken for right on average
     * @param float $tau standard deviation of the relative shock: 0.1 for 10 % of a total; NaN of fewer than two periods (one)
     * @param float $tauLow lower limit; 0 where chance alone could have done it
     * @param float $tauHigh upper limit
     * @param float $q chi-squared where there are no shocks
     * @param float $pValue P(as much as q) then
     * @param float $bias what came is on average so many times what was expected
     * @param float $biasError its standard error
     * @param float $biasLow lower limit
     * @param float $biasHigh upper limit
     */
    public function __construct(
        public float $periods,
        public float $degrees,
        public float $tau,
        public float $tauLow,
        public float $tauHigh,
        public float $q,
        public float $pValue,
        public float $bias,
        public float $biasError,
        public float $biasLow,
        public float $biasHigh,
    ) {
    }

    /**
     * Prediction intervals of new totals that know shocks.
     *
     * @param mixed $expected list<float>|string|Column totals that are forecast
     * @param mixed $variance list<float>|string|Column of each about its forecast by the model's own account: the total's variance plus the
     *        square of its standard error. NaN gives NaN limits
     * @param float $level two-sided, in (0, 1)
     * @return Interval its value is the bias times what is expected
     */
    public function band(mixed $expected, mixed $variance, float $level = 0.95, ?Context $context = null): Interval
    {
        $result = retain_evaluation_shock_band(
            $context?->raw(),
            $this->degrees,
            $this->tau,
            $this->bias,
            $this->biasError,
            ...[$expected, $variance, Columns::level($level), true, true, true]
        );
        return new Interval($result['value'], $result['low'], $result['high']);
    }
}
