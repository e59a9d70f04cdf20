<?php

declare(strict_types=1);

namespace Retain\Clv;

use Retain\Value;

/** Residual and total value of each customer with limits: one number per customer each, money at the observation end. */
final readonly class Values extends Value
{
    /** @internal names of the figures, in the order of the raw extension */
    public const FIGURES = [
        'residual', 'standard_error', 'residual_low', 'residual_high', 'total', 'total_low', 'total_high', 'variance',
    ];

    /**
     * @param list<float> $residual still to come; NaN where the value of an order is, infinite where an undiscounted sum diverges
     * @param list<float> $standardError of residual and total, from the parameters; NaN where the fit does not identify them
     * @param list<float> $residualLow
     * @param list<float> $residualHigh
     * @param list<float> $total historic + residual; NaN where no historic value was given
     * @param list<float> $totalLow
     * @param list<float> $totalHigh
     * @param list<float> $variance of what will happen about the expectation: chance; NaN where it cannot be derived
     */
    public function __construct(
        public array $residual,
        public array $standardError,
        public array $residualLow,
        public array $residualHigh,
        public array $total,
        public array $totalLow,
        public array $totalHigh,
        public array $variance,
    ) {
    }
}
