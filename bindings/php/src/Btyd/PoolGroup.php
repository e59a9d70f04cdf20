<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Value;

/** A group and its model, by partial pooling. Arrays are by name of the parameter. */
final readonly class PoolGroup extends Value
{
    /**
     * @param int|string $label which group
     * @param float $customers sum of weights
     * @param Model $model its model, with limits and a covariance that contain what is not known about the population
     * @param array<string, float> $shrinkage share of the population in a parameter. 0: its own data only; 1: the population
     * @param array<string, float> $distance (log parameter - that of the median group) / sd: far from 0 is a group unlike others
     * @param PoolSource $source whose data its model is made of
     * @param ?array<string, float> $own its own fit, without the population; NaN where its customers determine none. Null unless asked for
     */
    public function __construct(
        public int|string $label,
        public float $customers,
        public Model $model,
        public array $shrinkage,
        public array $distance,
        public PoolSource $source,
        public ?array $own,
    ) {
    }
}
