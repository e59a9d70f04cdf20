<?php

declare(strict_types=1);

namespace Retain\Accelerated;

/** The course of the risk. */
enum Family: int
{
    /** Rises with age for a shape above 1, falls below 1: customers who stay get more loyal. */
    case Weibull = 0;

    /** The same at any age. */
    case Exponential = 1;

    /** Rises and falls for a shape above 1. */
    case LogLogistic = 2;

    /** Rises and falls. */
    case LogNormal = 3;

    /** What it is called where a model is stored. */
    public function label(): string
    {
        return ['Weibull', 'exponential', 'log-logistic', 'log-normal'][$this->value];
    }
}
