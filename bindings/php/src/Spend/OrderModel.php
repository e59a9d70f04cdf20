<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;
use Retain\Stored;
use Retain\Value;

/**
 * Models of single order values, LogNormal and GammaGammaOrders: what they can be asked.
 *
 * They are fitted to the same values, so that the log-likelihoods of their reports, AIC and BIC can be compared; compare() tests
 * which is nearer to the truth. Time is in the unit of the order values, 0 being the observation end.
 */
abstract readonly class OrderModel extends Value
{
    public const FAMILY = -1;

    protected const NAME = '';

    /** Names of all its numbers. */
    protected const KEYS = [];

    /** Names of the three parameters. */
    public const PARAMETERS = [];

    /**
     * @param float $theta order values go with (1 + frequency)^theta; 0: they do not depend on it
     * @param float $delta order values change by e^delta per unit of time; 0: they do not
     */
    protected function __construct(public float $theta, public float $delta, public ?FitReport $report)
    {
        foreach (static::PARAMETERS as $name) {
            Columns::parameter($this->$name, $name);
        }
        foreach (['theta' => $theta, 'delta' => $delta] as $name => $value) {
            self::finite(is_nan($value) ? 0.0 : $value, $name); // NaN: of a fit that could not be made
        }
    }

    /** @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report` */
    protected static function find(
        OrderValues $values,
        bool $dependsOnFrequency,
        bool $trend,
        int $iterations,
        float $level,
        ?Context $context,
    ): static {
        $result = retain_spend_orders_fit(
            $context?->raw(),
            static::FAMILY,
            ...[
                ...$values->columns($dependsOnFrequency, $trend),
                $values->weight,
                Columns::positiveInt($iterations, 'iterations'),
                Columns::level($level),
                true,
            ]
        );
        $report = FitReport::of($result['record'], self::entries(), $level);
        $numbers = array_slice(Columns::list($result['model'], Columns::FLOAT64), 1);
        $model = static::make($numbers, $report);
        return $result['record']['status'] === 0 ? $model : throw FitReport::refuse($result['record'], $model, $report);
    }

    /** @param list<float> $numbers three parameters, theta, delta */
    abstract protected static function make(array $numbers, ?FitReport $report): static;

    /**
     * Expected value of a customer's next order. Of customers without orders, what is expected of a stranger with their frequency; NaN
     * where it does not exist.
     *
     * @param float $time of the order, in units after time 0: matters for a model with a trend
     * @return list<float>|string|Column money
     */
    public function expected(OrderValues $values, float $time = 0.0, ?Context $context = null): array|string|Column
    {
        return $this->ask($values, null, $time, 0.95, [true, false, false], $context)['expected'];
    }

    /**
     * The same with limits from the uncertainty of the parameters: by the delta method, normal on the log scale; NaN where the fit
     * leaves them open.
     *
     * @param float $level two-sided, in (0, 1)
     * @return array{expected: list<float>|string|Column, low: list<float>|string|Column, high: list<float>|string|Column}
     */
    public function interval(OrderValues $values, float $time = 0.0, float $level = 0.95, ?Context $context = null): array
    {
        if ($this->report === null) {
            throw new ArgumentException('this model was not fitted; how sure its parameters are is not known', 1);
        }
        $result = $this->ask($values, $this->covariance(), $time, Columns::level($level), [true, true, true], $context);
        return ['expected' => $result['expected'], 'low' => $result['low'], 'high' => $result['high']];
    }

    /**
     * Quantile of the value of a customer's next order: between those of 0.025 and 0.975 it lies 95 times of 100, the parameters being
     * right.
     *
     * @param float $probability in (0, 1)
     * @return list<float>|string|Column money
     */
    public function quantile(OrderValues $values, float $probability, float $time = 0.0, ?Context $context = null): array|string|Column
    {
        $given = [$this->numbers(), ...$this->columns($values), self::finite($time, 'time'), $probability, true];
        return retain_spend_orders_quantile($context?->raw(), ...$given)['quantile'];
    }

    /**
     * Expected value of an order of somebody unknown: the mean of the population.
     *
     * @param float $frequency of the customer: matters where spend depends on it
     * @param float $time of the order: matters for a model with a trend
     */
    public function mean(float $frequency = 0.0, float $time = 0.0, float $level = 0.95): Mean
    {
        $numbers = [self::finite($frequency, 'frequency'), self::finite($time, 'time'), Columns::level($level)];
        $record = retain_spend_orders_mean(null, $this->numbers(), $this->covariance(), ...$numbers)['record'];
        return new Mean($record['mean'], $record['low'], $record['high']);
    }

    /**
     * Log-likelihood of each customer's order values, comparable between models; NaN for customers without orders.
     *
     * @return list<float>|string|Column
     */
    public function likelihood(OrderValues $values, ?Context $context = null): array|string|Column
    {
        $given = [$this->numbers(), ...$this->columns($values), true, false];
        return retain_spend_orders_likelihood($context?->raw(), ...$given)['log_likelihood'];
    }

    /**
     * Its derivatives by the logarithms of the three parameters, theta and delta: five numbers a customer. Those by an effect that the
     * model does not have are 0.
     *
     * @return list<float>|string|Column
     */
    public function gradient(OrderValues $values, ?Context $context = null): array|string|Column
    {
        $given = [$this->numbers(), ...$this->columns($values), true, true];
        return retain_spend_orders_likelihood($context?->raw(), ...$given)['gradient'];
    }

    /** Is this model nearer to the truth than another one, of which neither is a special case? */
    public function compare(self $other, OrderValues $values, ?Context $context = null): Comparison
    {
        $frequency = $this->theta !== 0.0 || $other->theta !== 0.0;
        $trend = $this->delta !== 0.0 || $other->delta !== 0.0;
        $given = [$this->numbers(), $other->numbers(), ...$values->columns($frequency, $trend), $values->weight];
        $record = retain_spend_orders_compare($context?->raw(), ...$given)['record'];
        return new Comparison($record['difference'], $record['statistic'], $record['p_value']);
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python reads
     * it too.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $parameters = array_map(fn (string $name): mixed => Stored::number($this->$name), array_combine(static::KEYS, static::KEYS));
        return Stored::write(static::NAME, ['parameters' => $parameters], $this->report);
    }

    /**
     * The model that toArray() was called on; limits are those of the model that was fitted, to the last bit.
     *
     * @param array<string, mixed> $stored
     * @throws ArgumentException for what is missing, unknown or wrong in it, by name
     */
    public static function fromArray(array $stored): static
    {
        [$given] = Stored::open($stored, [static::NAME]);
        $numbers = array_pad(array_values($given->parameters(static::KEYS)), 5, 0.0);
        [$report] = $given->fit(self::entries(), $numbers) ?? [null];
        $given->done();
        return static::make($numbers, $report);
    }

    /** @return list<string> names of the entries of a report; Gamma-Gamma has a delta there that is always held at 0 */
    private static function entries(): array
    {
        return [...static::PARAMETERS, 'theta', 'delta'];
    }

    /**
     * The model as the raw extension takes it.
     *
     * @internal
     * @return list<float>
     */
    public function numbers(): array
    {
        $numbers = array_map(fn (string $name): float => $this->$name, static::PARAMETERS);
        return [(float) static::FAMILY, ...$numbers, $this->theta, $this->delta];
    }

    /** @return list<float>|null */
    private function covariance(): ?array
    {
        return $this->report === null ? null : array_merge(...array_map(array_values(...), array_values($this->report->covariance)));
    }

    /** @return list<mixed> */
    private function columns(OrderValues $values): array
    {
        return $values->columns($this->theta !== 0.0, $this->delta !== 0.0);
    }

    /**
     * @param list<float>|null $covariance
     * @param list<bool> $wanted
     * @return array<string, mixed>
     */
    private function ask(OrderValues $values, ?array $covariance, float $time, float $level, array $wanted, ?Context $context): array
    {
        $given = [$this->numbers(), $covariance, ...$this->columns($values), self::finite($time, 'time'), $level, ...$wanted];
        return retain_spend_orders_expected($context?->raw(), ...$given);
    }

    private static function finite(float $value, string $name): float
    {
        return is_finite($value) ? $value : throw new ArgumentException(sprintf('%s is %.15G; it must be finite', $name, $value), 1);
    }
}
