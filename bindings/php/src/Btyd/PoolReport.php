<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Columns;
use Retain\Value;
use Retain\Verdict;

/** How much groups differ, and in what. Arrays are by name of the parameter. */
final readonly class PoolReport extends Value
{
    /**
     * @param Verdict $verdict Converged is the only success; TooLittleData: fewer than three groups
     * @param string $explanation the findings in words
     * @param int $groups groups with customers
     * @param float $customers sum of weights
     * @param int $iterations steps of the search
     * @param array<string, float> $estimate parameters of the median group
     * @param array<string, float> $standardError
     * @param array<string, float> $low
     * @param array<string, float> $high
     * @param array<string, float> $sd between groups, of the logarithms: 0.3 means that two of three are within a factor of 1.35 of the
     *        median; 0: they do not differ measurably
     * @param array<string, float> $sdStandardError
     * @param array<string, float> $sdLow
     * @param array<string, float> $sdHigh
     * @param array<string, float> $sdStatistic twice the log-likelihood that sd = 0 of this parameter alone costs
     * @param array<string, float> $sdPValue chance of so much where groups do not differ in it
     * @param array<string, array<string, float>> $covariance of the median group's parameters
     * @param array<string, array<string, float>> $newCovariance of those of a new group, of which nothing is known
     * @param float $logLikelihood marginal, of partial pooling
     * @param float $completeLogLikelihood of one model for all
     * @param float $ownLogLikelihood of a fit for each; NaN unless asked for
     * @param float $groupLogLikelihood of groups at their estimates by partial pooling
     * @param float $effective the numbers that these estimates amount to
     * @param int $estimated numbers estimated by partial pooling: median and spread
     * @param int $ownEstimated numbers estimated by a fit for each
     * @param float $statistic twice the gain over one model for all
     * @param float $pValue chance of so much where groups do not differ: a mixture of chi-squared distributions, as sd = 0 is an edge
     */
    public function __construct(
        public Verdict $verdict,
        public string $explanation,
        public int $groups,
        public float $customers,
        public int $iterations,
        public array $estimate,
        public array $standardError,
        public array $low,
        public array $high,
        public array $sd,
        public array $sdStandardError,
        public array $sdLow,
        public array $sdHigh,
        public array $sdStatistic,
        public array $sdPValue,
        public array $covariance,
        public array $newCovariance,
        public float $logLikelihood,
        public float $completeLogLikelihood,
        public float $ownLogLikelihood,
        public float $groupLogLikelihood,
        public float $effective,
        public int $estimated,
        public int $ownEstimated,
        public float $statistic,
        public float $pValue,
    ) {
    }

    /**
     * As the raw extension gives it.
     *
     * @internal
     * @param array<string, mixed> $record
     * @param list<string> $names of the parameters
     */
    public static function of(array $record, array $names): self
    {
        $named = static fn (array $values): array => array_combine($names, $values);
        $values = [];
        foreach ($record as $name => $value) {
            if ($name === 'covariance' || $name === 'new_covariance') {
                $value = array_map($named, Columns::square($value, count($names)));
            }
            $values[Columns::camel($name)] = is_array($value) ? $named($value) : $value;
        }
        unset($values['status'], $values['k']);
        return new self(...['verdict' => Verdict::from($values['verdict'])] + $values);
    }

    /**
     * Which pooling forecasts these groups best? The conditional AIC (Vaida & Blanchard 2005), least for the best: of 'complete' pooling
     * (one model for all), of 'partial' pooling, and of 'none' (a fit for each; NaN unless asked for).
     *
     * @return array{complete: float, partial: float, none: float}
     */
    public function aic(): array
    {
        $complete = count(array_filter($this->standardError, static fn (float $error): bool => $error !== 0.0));
        return [
            'complete' => 2.0 * $complete - 2.0 * $this->completeLogLikelihood,
            'partial' => 2.0 * $this->effective - 2.0 * $this->groupLogLikelihood,
            'none' => 2.0 * $this->ownEstimated - 2.0 * $this->ownLogLikelihood,
        ];
    }
}
