<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;
use Retain\Stored;
use Retain\Value;

/**
 * Gamma-Gamma: how much will a customer spend on an order, given how few orders we have seen?
 *
 * The model weighs a customer's own mean z against the population's: order values of a customer are Gamma(p, nu), nu ~ Gamma(q,
 * gamma). It is fitted to customers with repeat occasions, and assumes that spend does not depend on how often a customer buys:
 * look at `correlation`.
 *
 *     $spend = GammaGamma::fit($customers);
 *     $value = $spend->expected($customers);
 *
 * P. Fader, B. Hardie, "The Gamma-Gamma model of monetary value" (2013, note 025).
 */
final readonly class GammaGamma extends Value
{
    private const FAMILY = 'Gamma-Gamma';

    /** Names of the parameters, in the order of reports and gradients. */
    public const PARAMETERS = ['p', 'q', 'gamma'];

    /**
     * @param float $p shape of the order values of one customer
     * @param float $q shape of the customers' rates
     * @param float $gamma rate of the customers' rates, in money (some texts write v)
     * @param ?FitReport $report of the fit, if the model comes from one
     * @param float $correlation of frequency and spend among the customers fitted, which the model assumes to be near 0; NaN for
     *                           fewer than two rows or no variety
     */
    public function __construct(
        public float $p,
        public float $q,
        public float $gamma,
        public ?FitReport $report = null,
        public float $correlation = NAN,
    ) {
        foreach (self::PARAMETERS as $name) {
            Columns::parameter($this->$name, $name);
        }
    }

    /**
     * Fits the model by maximum likelihood to the customers with frequency > 0.
     *
     * @param Customers $customers `spend` is required: positive and finite wherever frequency > 0
     * @param int $iterations most Newton steps
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report`
     */
    public static function fit(
        Customers $customers,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        $result = retain_spend_fit(
            $context?->raw(),
            $customers->frequency,
            $customers->spend,
            $customers->weight,
            Columns::positiveInt($iterations, 'iterations'),
            Columns::level($level),
            true
        );
        $report = FitReport::of($result['record'], self::PARAMETERS, $level);
        $numbers = Columns::list($result['model'], Columns::FLOAT64);
        $model = new self($numbers[0], $numbers[1], $numbers[2], $report, $result['record']['correlation']);
        return $result['record']['status'] === 0 ? $model : throw FitReport::refuse($result['record'], $model, $report);
    }

    /**
     * Log-likelihood of each customer's mean spend, log f(z | x, model); NaN where frequency is 0.
     *
     * @return list<float>|string|Column
     */
    public function likelihood(Customers $customers, ?Context $context = null): array|string|Column
    {
        return retain_spend_likelihood($context?->raw(), ...[...$this->inputs($customers), true, false])['log_likelihood'];
    }

    /**
     * Derivatives of the log-likelihood by log p, log q, log gamma: three numbers a customer.
     *
     * @return list<float>|string|Column
     */
    public function gradient(Customers $customers, ?Context $context = null): array|string|Column
    {
        return retain_spend_likelihood($context?->raw(), ...[...$this->inputs($customers), true, true])['gradient'];
    }

    /**
     * Expected value of a customer's next order: p (gamma + x z) / (p x + q − 1), the population mean where frequency is 0. NaN
     * where it does not exist: p x + q <= 1.
     *
     * @return list<float>|string|Column money
     */
    public function expected(Customers $customers, ?Context $context = null): array|string|Column
    {
        return retain_spend_expected($context?->raw(), ...[...$this->inputs($customers), true])['expected'];
    }

    /** Mean order value of the population: p gamma / (q − 1); NaN when q <= 1, where it is infinite. */
    public function mean(): float
    {
        return retain_spend_mean($this->p, $this->q, $this->gamma);
    }

    /**
     * Expected value of a customer's next order, with limits from the uncertainty of the parameters: by the delta method, normal on the
     * log scale. What the next order will be worth lies between its quantiles, which are farther apart.
     *
     * @param float $level two-sided, in (0, 1)
     * @return array{expected: list<float>|string|Column, low: list<float>|string|Column, high: list<float>|string|Column}
     */
    public function interval(Customers $customers, float $level = 0.95, ?Context $context = null): array
    {
        [$model, $frequency, $spend] = $this->inputs($customers);
        $given = [$model, $this->covariance(), $frequency, $spend, Columns::level($level), true, true, true];
        $result = retain_spend_interval($context?->raw(), ...$given);
        return ['expected' => $result['expected'], 'low' => $result['low'], 'high' => $result['high']];
    }

    /** Mean order value of the population with its limits; NaN when q <= 1. */
    public function meanInterval(float $level = 0.95): Mean
    {
        $record = retain_spend_mean_interval(null, [$this->p, $this->q, $this->gamma], $this->covariance(), Columns::level($level))['record'];
        return new Mean($this->mean(), $record['low'], $record['high']);
    }

    /**
     * Quantile of the value of a customer's next order: between those of 0.025 and 0.975 it lies 95 times of 100, the parameters being
     * right.
     *
     * @param float $probability in (0, 1)
     * @return list<float>|string|Column money
     */
    public function quantile(Customers $customers, float $probability, ?Context $context = null): array|string|Column
    {
        return retain_spend_quantile($context?->raw(), ...[...$this->inputs($customers), $probability, true])['quantile'];
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python reads
     * it too.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $parameters = ['p' => $this->p, 'q' => $this->q, 'gamma' => $this->gamma];
        $more = ['parameters' => array_map(Stored::number(...), $parameters)];
        return Stored::write(self::FAMILY, $more, $this->report, ['correlation' => $this->correlation]);
    }

    /**
     * The model that toArray() was called on; limits are those of the model that was fitted, to the last bit.
     *
     * @param array<string, mixed> $stored
     * @throws ArgumentException for what is missing, unknown or wrong in it, by name
     */
    public static function fromArray(array $stored): self
    {
        [$given] = Stored::open($stored, [self::FAMILY]);
        $numbers = array_values($given->parameters(self::PARAMETERS));
        [$report, $found] = $given->fit(self::PARAMETERS, $numbers, ['correlation']) ?? [null, ['correlation' => NAN]];
        $given->done();
        return new self($numbers[0], $numbers[1], $numbers[2], $report, $found['correlation']);
    }

    /** @return list<float> */
    private function covariance(): array
    {
        if ($this->report === null) {
            throw new ArgumentException('this model was not fitted; how sure its parameters are is not known', 1);
        }
        return array_merge(...array_map(array_values(...), array_values($this->report->covariance)));
    }

    /** @return list<mixed> */
    private function inputs(Customers $customers): array
    {
        return [[$this->p, $this->q, $this->gamma], $customers->frequency, $customers->spend];
    }
}
