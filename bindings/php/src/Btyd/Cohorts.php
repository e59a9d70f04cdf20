<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;

/**
 * What models say of the past, and of new customers: likelihoods, P(alive) along a history, the curve of a cohort, counts.
 *
 * @internal the methods are those of Model
 */
trait Cohorts
{
    /**
     * Log-likelihood of each customer, log L(x, t_x, T | model). Weights are not applied.
     *
     * @return list<float>|string|Column
     */
    final public function likelihood(Customers|Histories $customers, ?Context $context = null): array|string|Column
    {
        $run = self::raw('likelihood', $customers);
        return $run($context?->raw(), ...[...$this->pastInputs($customers), true, false])['log_likelihood'];
    }

    /**
     * Derivatives of the log-likelihood by the logarithms of the parameters, as many numbers a customer.
     *
     * @return list<float>|string|Column
     */
    final public function gradient(Customers|Histories $customers, ?Context $context = null): array|string|Column
    {
        $run = self::raw('likelihood', $customers);
        return $run($context?->raw(), ...[...$this->pastInputs($customers), true, true])['gradient'];
    }

    /**
     * P(alive) along one customer's history: what the model would have said at past instants.
     *
     * @param mixed $ages list<float>|string|Column: ages at the repeat occasions, ascending; the first purchase is not one of them
     * @param mixed $instants list<float>|string|Column: ages at which to look; an order at that very age is known
     * @param array<string, float> $covariates of the customer by name, where the model has some
     * @return list<float>|string|Column
     */
    final public function history(
        mixed $ages,
        mixed $instants,
        ?Context $context = null,
        array $covariates = [],
    ): array|string|Column {
        return retain_btyd_history($context?->raw(), $this->given($covariates), $ages, $instants, true)['alive'];
    }

    /**
     * Expected repeat occasions of a cohort up to points of calendar time, cumulative: the curve to hold against what happened.
     *
     * @param mixed $births list<float>|string|Column: times of the first purchases, in the model's unit, on any clock
     * @param mixed $times list<float>|string|Column: points of time on the same clock
     * @param mixed $weight list<float>|string|Column|null: numbers of identical customers
     * @param array<string, float> $covariates of the cohort by name, where the model has some
     * @return list<float>|string|Column
     */
    final public function tracking(
        mixed $births,
        mixed $times,
        mixed $weight = null,
        ?Context $context = null,
        array $covariates = [],
    ): array|string|Column {
        return retain_btyd_tracking($context?->raw(), $this->given($covariates), $births, $weight, $times, true)['expected'];
    }

    /**
     * Expected repeat occasions of a new customer by each age t, E[X(t)]: the first purchase is not included, add 1 for it.
     *
     * @param mixed $t list<float>|string|Column: ages >= 0, in the model's unit of time
     * @param array<string, float> $covariates of the customer by name, where the model has some
     * @return list<float>|string|Column
     */
    final public function expected(mixed $t, ?Context $context = null, array $covariates = []): array|string|Column
    {
        return retain_btyd_expected($context?->raw(), $this->given($covariates), $t, true)['expected'];
    }

    /**
     * Probability that a new customer makes n repeat occasions by age t, P(X(t) = n).
     *
     * @param float $t >= 0, in the model's unit of time
     * @param mixed $n list<int>|string|Column: whole numbers >= 0 (packed: as floats)
     * @param array<string, float> $covariates of the customer by name, where the model has some
     * @return list<float>|string|Column
     */
    final public function pmf(float $t, mixed $n, ?Context $context = null, array $covariates = []): array|string|Column
    {
        return retain_btyd_pmf($context?->raw(), $this->given($covariates), $t, $n, true, false)['pmf'];
    }

    /**
     * Logarithm of pmf(), exact where that underflows.
     *
     * @param mixed $n list<int>|string|Column
     * @param array<string, float> $covariates of the customer by name, where the model has some
     * @return list<float>|string|Column
     */
    final public function logPmf(float $t, mixed $n, ?Context $context = null, array $covariates = []): array|string|Column
    {
        return retain_btyd_pmf($context?->raw(), $this->given($covariates), $t, $n, true, true)['log_pmf'];
    }

    /**
     * Draws customers from the model.
     *
     * @param mixed $T list<float>|string|Column: how long each is observed
     * @param float $t how long they are followed afterwards
     * @param int $seed any number; the same seed gives the same customers, for any number of threads
     * @param array<string, mixed> $covariates of the customers, columns by name, where the model has some
     */
    final public function simulate(mixed $T, float $t, int $seed, ?Context $context = null, array $covariates = []): Simulation
    {
        Columns::check($T, 'T');
        $given = new Customers($T, $T, $T, $this->unitDays(), covariates: $covariates);
        $stacked = $given->stack(array_keys($this->covariates()));
        $result = retain_btyd_simulate($context?->raw(), $this->numbers(), $T, $stacked, $t, $seed, true, true, true, true, true);
        $customers = new Customers(
            $result['frequency'],
            $result['t_x'],
            $T,
            $this->unitDays(),
            covariates: $covariates,
            logGaps: $result['log_gaps'],
        );
        return new Simulation($customers, $result['alive'], $result['future']);
    }

    /**
     * The model of new customers with these covariates, as the raw extension takes it.
     *
     * @param array<string, float> $covariates
     * @return list<float>
     */
    private function given(array $covariates): array
    {
        $names = array_keys($this->covariates());
        $wrong = [...array_diff(array_keys($covariates), $names), ...array_diff($names, array_keys($covariates))];
        if ($wrong !== []) {
            throw new ArgumentException(
                'covariates must give ' . (implode(', ', $names) ?: 'nothing') . ", which the model has; '$wrong[0]' is "
                    . (in_array($wrong[0], $names, true) ? 'missing' : 'none of them'),
                1
            );
        }
        if ($names === []) {
            return $this->numbers();
        }
        $values = array_map(
            static fn (string $name): float => Columns::number($covariates[$name], "covariates['$name']"),
            $names
        );
        return retain_btyd_given(null, $this->numbers(), $values, true)['given'];
    }

    /** @return list<mixed> the same for likelihoods, which read the gaps, too */
    private function pastInputs(Customers|Histories $customers): array
    {
        if ($customers instanceof Histories) {
            return $customers->inputs($this);
        }
        return [
            $this->numbers(), $customers->frequency, $customers->t_x, $customers->T, $customers->logGaps, $customers->unitDays,
            $customers->stack(array_keys($this->covariates())),
        ];
    }
}
