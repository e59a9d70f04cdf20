<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Value;

/** What a fit says about the predictors; arrays are by their names. */
final readonly class Summary extends Value
{
    /**
     * @param float $events rows that ended, weights counting
     * @param float $logLikelihoodNull partial, with all coefficients 0
     * @param float $logLikelihood partial, at the coefficients
     * @param float $concordance share of pairs in which who left first had the higher hazard, Harrell's C; 0.5: by chance
     * @param float $pairs so many pairs it rests on
     * @param array<string, float> $hazardRatio per unit of the predictor
     * @param array<string, float> $hazardRatioLow its limits
     * @param array<string, float> $hazardRatioHigh
     * @param array<string, float> $z coefficient by its standard error
     * @param array<string, float> $pValue two-sided chance of a z at least as large, were the coefficient 0
     * @param array<string, float> $plainError standard errors from the curvature, also where robust ones are reported
     * @param array<string, float> $spread standard deviation of the predictor
     */
    public function __construct(
        public float $events,
        public float $logLikelihoodNull,
        public float $logLikelihood,
        public float $concordance,
        public float $pairs,
        public Test $likelihoodRatio,
        public Test $score,
        public Test $wald,
        public array $hazardRatio,
        public array $hazardRatioLow,
        public array $hazardRatioHigh,
        public array $z,
        public array $pValue,
        public array $plainError,
        public array $spread,
    ) {
    }

    /**
     * @internal
     * @param list<float> $numbers as the extension has them
     * @param list<string> $names
     */
    public static function of(array $numbers, array $names): self
    {
        $count = count($names);
        [$events, $null, $value, $degrees, $score, $scoreP, $wald, $waldP, $ratio, $ratioP, $concordance, $pairs] = $numbers;
        $degrees = is_nan($degrees) ? 0 : (int) $degrees;
        $each = array_map(
            static fn (array $column): array => array_combine($names, $column),
            array_chunk(array_slice($numbers, 13), $count)
        );
        return new self(
            $events,
            $null,
            $value,
            $concordance,
            $pairs,
            new Test($ratio, $degrees, $ratioP),
            new Test($score, $degrees, $scoreP),
            new Test($wald, $degrees, $waldP),
            ...$each
        );
    }
}
