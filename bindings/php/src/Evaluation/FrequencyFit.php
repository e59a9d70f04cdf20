<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** How many customers made 0, 1, 2, ... repeat orders, in fact and by a model; the last class stands for so many or more. */
final readonly class FrequencyFit extends Value
{
    /**
     * @param list<float> $actual customers
     * @param list<float> $expected customers by the model; both add up to all customers
     * @param float $chiSquared sum of (actual − expected)² / expected: a distance, no test, since models were fitted to the same customers
     */
    public function __construct(public array $actual, public array $expected, public float $chiSquared)
    {
    }
}
