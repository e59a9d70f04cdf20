<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Context;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;

/**
 * The Gamma-Gamma model from single orders: values of a customer are Gamma(p, nu), nu ~ Gamma(q, gamma (1 + frequency)^theta).
 *
 * GammaGamma looks at the mean of each customer's orders; here p is told by how much one customer's orders differ.
 *
 *     $model = GammaGammaOrders::fit(OrderValues::of($orders, '2024-12-31'));
 */
final readonly class GammaGammaOrders extends OrderModel
{
    public const FAMILY = 0;
    protected const NAME = 'Gamma-Gamma of orders';
    protected const KEYS = ['p', 'q', 'gamma', 'theta'];
    public const PARAMETERS = ['p', 'q', 'gamma'];

    /**
     * @param float $p shape of the order values of one customer
     * @param float $q shape of the customers' rates
     * @param float $gamma rate of the customers' rates, in money
     * @param float $theta order values go with (1 + frequency)^theta
     * @param ?FitReport $report of the fit, if the model comes from one; its entry delta is always held at 0
     */
    public function __construct(
        public float $p,
        public float $q,
        public float $gamma,
        float $theta = 0.0,
        ?FitReport $report = null,
    ) {
        parent::__construct($theta, 0.0, $report);
    }

    /**
     * Fits the model by maximum likelihood to the values of single orders.
     *
     * @param bool $dependsOnFrequency estimate theta; otherwise it is 0
     * @param int $iterations most Newton steps
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report`
     */
    public static function fit(
        OrderValues $values,
        bool $dependsOnFrequency = false,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        return self::find($values, $dependsOnFrequency, false, $iterations, $level, $context);
    }

    protected static function make(array $numbers, ?FitReport $report): static
    {
        return new self($numbers[0], $numbers[1], $numbers[2], $numbers[3], $report);
    }
}
