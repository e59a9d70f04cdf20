<?php

declare(strict_types=1);

namespace Retain;

/** Two rows of a cohort table beside each other: lists of two numbers, the first row's first. */
final readonly class CohortComparison extends Value
{
    /**
     * @param list<float> $exposed customers who are exposed to the column
     * @param list<float> $value what they brought each, margin x net, in this column and those before it
     * @param float $difference the first less the second
     * @param float $low lower limit by the bootstrap; NaN below two customers in a row
     * @param float $moneyPValue two-sided p of the permutation test
     * @param list<float> $customers customers of each row
     * @param list<float> $returned those of them who came back
     * @param list<float> $expected those who would have, if both rows were alike
     * @param float $chiSquared log-rank statistic of the time to the second occasion; NaN when nobody came back
     * @param float $returnPValue its p
     * @param int $column money is that of the columns up to this one
     */
    public function __construct(
        public array $exposed,
        public array $value,
        public float $difference,
        public float $low,
        public float $high,
        public float $moneyPValue,
        public array $customers,
        public array $returned,
        public array $expected,
        public float $chiSquared,
        public float $returnPValue,
        public int $column,
    ) {
    }
}
