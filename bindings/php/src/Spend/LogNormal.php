<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Context;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;

/**
 * The log-normal model of spend: logarithms of a customer's order values are normal about m with standard deviation sigma, and m is
 * normal over customers about log median + theta log(1 + frequency) with standard deviation tau; with delta, all rise with time.
 *
 *     $values = OrderValues::of($orders, '2024-12-31', unitDays: 30.4375);
 *     $model = LogNormal::fit($values, trend: true);
 *     $next = $model->expected($values, time: 1.0);        // in a month
 */
final readonly class LogNormal extends OrderModel
{
    public const FAMILY = 1;
    protected const NAME = 'log-normal of orders';
    protected const KEYS = ['median', 'tau', 'sigma', 'theta', 'delta'];
    public const PARAMETERS = ['median', 'tau', 'sigma'];

    /**
     * @param float $median median over customers of their median order value, in money
     * @param float $tau standard deviation over customers of the logarithm of their median order value
     * @param float $sigma standard deviation of the logarithms of one customer's order values
     * @param float $theta order values go with (1 + frequency)^theta
     * @param float $delta order values change by e^delta per unit of time
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $median,
        public float $tau,
        public float $sigma,
        float $theta = 0.0,
        float $delta = 0.0,
        ?FitReport $report = null,
    ) {
        parent::__construct($theta, $delta, $report);
    }

    /**
     * Fits the model by maximum likelihood to the values of single orders.
     *
     * @param bool $dependsOnFrequency estimate theta; otherwise it is 0
     * @param bool $trend estimate delta; otherwise it is 0
     * @param int $iterations most Newton steps
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report`
     */
    public static function fit(
        OrderValues $values,
        bool $dependsOnFrequency = false,
        bool $trend = false,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        return self::find($values, $dependsOnFrequency, $trend, $iterations, $level, $context);
    }

    protected static function make(array $numbers, ?FitReport $report): static
    {
        return new self($numbers[0], $numbers[1], $numbers[2], $numbers[3], $numbers[4], $report);
    }
}
