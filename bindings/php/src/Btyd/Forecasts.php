<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Clv;
use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;

/**
 * What models foretell about known customers.
 *
 * @internal the methods are those of Model
 */
trait Forecasts
{
    /**
     * P(alive): probability that a customer is still there at the observation end.
     *
     * Not a churn risk: see Retain\Churn. Under BG/NBD it is 1 for every customer without a repeat purchase, by construction.
     *
     * @return list<float>|string|Column
     */
    final public function alive(Customers|Histories $customers, ?Context $context = null): array|string|Column
    {
        $run = self::raw('alive', $customers);
        return $run($context?->raw(), ...[...$this->inputs($customers), true, false])['alive'];
    }

    /**
     * log((1 − alive) / alive), exact where alive rounds to 0 or 1; −infinity where alive is 1 by construction.
     *
     * @return list<float>|string|Column
     */
    final public function logOddsDead(Customers|Histories $customers, ?Context $context = null): array|string|Column
    {
        $run = self::raw('alive', $customers);
        return $run($context?->raw(), ...[...$this->inputs($customers), true, true])['log_odds_dead'];
    }

    /**
     * Expected occasions of each customer in (T, T + t], E[Y(t) | x, t_x, T]. Give t in the model's unit of time, or days.
     *
     * @return list<float>|string|Column
     */
    final public function orders(
        Customers|Histories $customers,
        ?float $t = null,
        ?float $days = null,
        ?Context $context = null,
    ): array|string|Column {
        $t = $this->time($t, $days);
        $run = self::raw('orders', $customers);
        return $run($context?->raw(), ...[...$this->inputs($customers), $t, true])['orders'];
    }

    /**
     * Probability that a customer places no order in the next t units of time (or days), whether dead or merely slow: P(Y(t) = 0
     * | x, t_x, T).
     *
     * @return list<float>|string|Column never below 1 − alive
     */
    final public function silence(
        Customers|Histories $customers,
        ?float $t = null,
        ?float $days = null,
        ?Context $context = null,
    ): array|string|Column {
        $t = $this->time($t, $days);
        $run = self::raw('silence', $customers);
        return $run($context?->raw(), ...[...$this->inputs($customers), $t, true])['silence'];
    }

    /**
     * Expected occasions in (T, T + t], each discounted to the observation end: the integral of e^(−delta u) dE[Y(u)]. With t
     * infinite this is DERT (Fader, Hardie & Lee 2005, JMR 42(4)).
     *
     * @param float $t in the model's unit of time; infinite by default
     * @param ?float $delta continuous discount rate per unit of time, >= 0; give this or `annualRate`
     * @param ?float $annualRate effective annual discount rate, such as 0.10
     * @return list<float>|string|Column infinite where the sum diverges (t infinite, no discount, and a tail too heavy)
     */
    final public function discounted(
        Customers|Histories $customers,
        float $t = INF,
        ?float $delta = null,
        ?float $annualRate = null,
        ?Context $context = null,
    ): array|string|Column {
        if (($delta === null) === ($annualRate === null)) {
            throw new ArgumentException('give either delta or annualRate: the discount', 1);
        }
        if ($annualRate !== null && !($annualRate >= 0.0 && $annualRate < INF)) {
            throw new ArgumentException(sprintf('annualRate is %.15G; it must be finite and at least 0', $annualRate), 1);
        }
        $delta ??= Clv::delta($annualRate, $this->unitDays());
        if ($customers instanceof Histories) {
            return $this->forecast($customers, Question::discounted(delta: $delta, t: $t), $context);
        }
        return retain_btyd_discounted($context?->raw(), ...[...$this->inputs($customers), $t, $delta, true])['discounted'];
    }

    /**
     * Answers a question about every customer: windows that begin later, counts, the next order, mean rates.
     *
     * @return list<float>|string|Column
     */
    final public function forecast(
        Customers|Histories $customers,
        Question $question,
        ?Context $context = null,
    ): array|string|Column {
        $run = self::raw('forecast', $customers);
        $asked = [...$this->inputs($customers), ...$question->numbers($this->unitDays()), true];
        return $question->put($run, $context?->raw(), ...$asked)['values'];
    }

    /**
     * The same with limits from the uncertainty of the parameters, by the delta method; the model must come from a fit.
     *
     * @param float $level two-sided, in (0, 1)
     */
    final public function interval(
        Customers|Histories $customers,
        Question $question,
        float $level = 0.95,
        ?Context $context = null,
    ): Interval {
        $inputs = $this->inputs($customers);
        $run = self::raw('interval', $customers);
        $result = $question->put(
            $run,
            $context?->raw(),
            $inputs[0],
            $this->covariance() ?? throw new ArgumentException('the model has no report of a fit, and so no covariance', 1),
            ...[...array_slice($inputs, 1), ...$question->numbers($this->unitDays()), Columns::level($level), true, true, true]
        );
        return new Interval($result['values'], $result['low'], $result['high']);
    }

    /**
     * Derivatives of the answers by the parameters (themselves, not their logarithms) and coefficients: for the uncertainty of what is
     * computed from them. A figure with the gradient g has the variance g'Vg, V being `report->covariance`; 0 where the answer is infinite.
     *
     * @return list<float>|string|Column as many numbers a customer as the report has entries
     */
    final public function derivatives(
        Customers|Histories $customers,
        Question $question,
        ?Context $context = null,
    ): array|string|Column {
        $run = self::raw('gradient', $customers);
        $asked = [...$this->inputs($customers), ...$question->numbers($this->unitDays()), false, true];
        return $question->put($run, $context?->raw(), ...$asked)['gradient'];
    }

    /**
     * A forecast summed over all customers, weights counted, with an interval and a prediction interval. The parameters are the same
     * for all customers, so doubt about them does not average out over many; chance does. Without a fit behind the model its
     * parameters are taken for known.
     *
     * @param Question $question orders, discounted, variance, or a probability: then the number of customers
     * @param mixed $worth list<float>|string|Column|null: what one order, or one customer, counts, such as the expected spend
     */
    final public function total(
        Customers|Histories $customers,
        Question $question,
        mixed $worth = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        $inputs = $this->inputs($customers);
        $weighted = $customers instanceof Histories ? 5 : 4;                           // a weight stands before the unit of time
        $run = self::raw('total', $customers);
        $sum = $question->put(
            $run,
            $context?->raw(),
            $inputs[0],
            $this->covariance(),
            ...array_slice($inputs, 1, $weighted - 1),
            ...[$customers instanceof Histories ? null : $customers->weight],
            ...array_slice($inputs, $weighted),
            ...[...$question->numbers($this->unitDays()), $worth, Columns::level($level)]
        )['record'];
        return Total::of($sum);
    }

    /**
     * The distribution of each customer's occasions in (T + since, T + since + t].
     *
     * @param int $most the largest count asked for
     * @return list<float>|string|Column P(Y = n) for n = 0 ... most, as many numbers a customer
     */
    final public function distribution(
        Customers|Histories $customers,
        float $t,
        int $most,
        float $since = 0.0,
        ?Context $context = null,
    ): array|string|Column {
        if ($most < 0 || $most > 1000000) {
            throw new ArgumentException("most is $most; it must lie in [0, 10^6]", 1);
        }
        $run = self::raw('distribution', $customers);
        $result = $run(
            $context?->raw(),
            ...[...$this->inputs($customers), $since, $since + $t, $most + 1, true]
        );
        return $result['probabilities'];
    }

    private function time(?float $t, ?float $days): float
    {
        if (($t === null) === ($days === null)) {
            throw new ArgumentException('give either t, in units of ' . $this->unitDays() . ' days, or days', 1);
        }
        if ($t === null && !($days >= 0.0 && $days < INF)) {
            throw new ArgumentException(sprintf('days is %.15G; it must be finite and at least 0', $days), 1);
        }
        if ($t === null && static::family() === Family::BgBb && fmod($days / $this->unitDays(), 1.0) !== 0.0) {
            throw new ArgumentException(
                sprintf('days is %.15G; under BG/BB it must be a whole number of opportunities of %.15G days', $days, $this->unitDays()),
                1
            );
        }
        return $t ?? $days / $this->unitDays();
    }
}
