<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Columns;
use Retain\Exception\ArgumentException;
use Retain\Value;

/**
 * The cumulative hazard of the reference customer: a row for each time at which customers left. The last row of a stratum is the longest
 * that anybody was watched: nothing is said beyond it.
 */
final readonly class Baseline extends Value
{
    /**
     * @param ?list<int|string> $strata labels of the strata; null without strata
     * @param list<int> $codes stratum of each row, by its place among the labels
     * @param list<float> $time
     * @param list<float> $atRisk rows at risk there, weights counting
     * @param list<float> $events rows that ended there
     * @param list<float> $hazard cumulative
     * @param list<float> $variance of it, for known coefficients
     * @param list<float> $drift sums of (mean of the predictors at risk − reference) over the hazard, a number for each predictor and row
     */
    public function __construct(
        public ?array $strata,
        public array $codes,
        public array $time,
        public array $atRisk,
        public array $events,
        public array $hazard,
        public array $variance,
        public array $drift,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $result
     * @param ?list<int|string> $strata
     */
    public static function of(array $result, ?array $strata): self
    {
        $codes = Columns::list($result['step_stratum'], Columns::INT64);
        unset($result['step_stratum']);
        return new self($strata, $codes, ...Columns::lists($result));
    }

    /** @internal */
    public static function none(): self
    {
        return new self(null, [], [], [], [], [], [], []);
    }

    /**
     * @internal
     * @param ?list<int|string> $stratum
     * @return ?list<int>
     */
    public function codesOf(?array $stratum): ?array
    {
        if ($this->strata === null || $stratum === null) {
            if (($this->strata === null) !== ($stratum === null)) {
                throw new ArgumentException($stratum === null ? 'stratum is missing; the model has strata' : 'stratum is given, and the model has none', 1);
            }
            return null;
        }
        $codes = array_flip($this->strata);
        $strata = [];
        foreach (array_values($stratum) as $row => $label) {
            if (get_debug_type($label) !== get_debug_type($this->strata[0])) {
                [$given, $labels] = [get_debug_type($label), get_debug_type($this->strata[0])];
                throw new ArgumentException("stratum[$row] is $given; the labels of the model are each $labels", 1);
            }
            $strata[] = $codes[$label] ?? throw new ArgumentException(
                "stratum has '$label', which is none of the model's: " . implode(', ', array_slice($this->strata, 0, 12)),
                1
            );
        }
        return $strata;
    }
}
