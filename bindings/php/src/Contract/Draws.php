<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\Btyd\Drawn;
use Retain\Btyd\DrawnInterval;
use Retain\Btyd\DrawsReport;
use Retain\Btyd\Total;
use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;

/**
 * Models of renewals that could be true, a row for each, and what they foretell.
 *
 *     $known = Sbg::posteriorCohorts([40, 38, 37], periodDays: 30.4375, seed: 1);
 *     $known->survival([12])->low;                  // who is there in a year, at least
 *     $known->total([2, 2, 1], periods: 12)->most;  // how many of these three, at most
 *
 * Answers have mean, deviation, and limits of the draws' answers; columns are in the kind of the first one given.
 */
final readonly class Draws implements \Countable
{
    private const SURVIVAL = 1;
    private const PMF = 2;
    private const RETENTION = 3;
    private const DISCOUNTED = 4;
    private const ELASTICITY = 5;

    /**
     * @param Model $model the posterior mode, or the fit to the customers themselves
     * @param list<float>|string|Column $values logarithms of the parameters, row after row, chain by chain; NaN for a refit that ended
     *                                          nowhere
     * @param int $chains 0 where draws are independent (bootstrap)
     * @param DrawsReport $report can they be trusted?
     */
    public function __construct(
        public Model $model,
        public array|string|Column $values,
        public int $chains,
        public DrawsReport $report,
    ) {
    }

    /** Number of rows. */
    public function count(): int
    {
        return intdiv(Columns::count($this->values, Columns::FLOAT64), count($this->model::family()->parameters()));
    }

    /**
     * Mean, standard deviation, limits and convergence of every parameter.
     *
     * @return array<string, Drawn> by name
     */
    public function summary(float $level = 0.95): array
    {
        $found = retain_contract_draws_summary(null, ...[...$this->raw(), $this->chains, Columns::level($level), true]);
        $rows = array_chunk(Columns::list($found['summary'], Columns::FLOAT64), 9);
        return array_combine(
            $this->model::family()->parameters(),
            array_map(static fn (array $row): Drawn => new Drawn(...$row), $rows)
        );
    }

    /**
     * P(still there after t more decisions), given that so many renewals are behind.
     *
     * @param mixed $t list<float>|string|Column: whole numbers >= 0
     * @param mixed $survived list<float>|string|Column|null: null for new customers
     */
    public function survival(mixed $t, mixed $survived = null, float $level = 0.95, ?Context $context = null): DrawnInterval
    {
        return $this->curve(self::SURVIVAL, $t, $survived, $level, $context);
    }

    /**
     * P(leaving at the t-th decision from now), given that so many renewals are behind.
     *
     * @param mixed $t list<float>|string|Column: whole numbers >= 1
     * @param mixed $survived list<float>|string|Column|null: null for new customers
     */
    public function pmf(mixed $t, mixed $survived = null, float $level = 0.95, ?Context $context = null): DrawnInterval
    {
        return $this->curve(self::PMF, $t, $survived, $level, $context);
    }

    /**
     * Retention rate at decision t.
     *
     * @param mixed $t list<float>|string|Column: whole numbers >= 1
     */
    public function retention(mixed $t, float $level = 0.95, ?Context $context = null): DrawnInterval
    {
        return $this->curve(self::RETENTION, $t, null, $level, $context);
    }

    /**
     * Expected payments of a customer, each discounted: see Model::discounted(). The mean is infinite where one of the draws is.
     *
     * @param mixed $survived list<float>|string|Column: renewals behind
     * @param ?int $periods decisions ahead, at least 1; null for ever
     */
    public function discounted(
        mixed $survived = [0],
        Moment $moment = Moment::Del,
        ?int $periods = null,
        ?float $annualRate = null,
        ?float $rate = null,
        float $level = 0.95,
        ?Context $context = null,
    ): DrawnInterval {
        return $this->value(self::DISCOUNTED, $survived, $this->terms($moment, $periods, $annualRate, $rate), $level, $context);
    }

    /**
     * Expected periods that a customer stays, from now on, the present one included: discounted() at a rate of 0.
     *
     * @param mixed $survived list<float>|string|Column: renewals behind
     */
    public function lifetime(mixed $survived = [0], ?int $periods = null, float $level = 0.95, ?Context $context = null): DrawnInterval
    {
        return $this->discounted($survived, periods: $periods, level: $level, context: $context);
    }

    /**
     * Retention elasticity of that value: see Model::elasticity().
     *
     * @param mixed $survived list<float>|string|Column: renewals behind
     */
    public function elasticity(
        mixed $survived = [0],
        Moment $moment = Moment::Del,
        ?int $periods = null,
        ?float $annualRate = null,
        ?float $rate = null,
        float $level = 0.95,
        ?Context $context = null,
    ): DrawnInterval {
        return $this->value(self::ELASTICITY, $survived, $this->terms($moment, $periods, $annualRate, $rate), $level, $context);
    }

    /**
     * How many of these customers will still be there after so many decisions: `low` and `high` bound the expectation, `least` and `most`
     * what will happen.
     *
     * @param mixed $survived list<float>|string|Column: renewals behind, of each customer
     * @param mixed $worth list<float>|string|Column|null: what each customer counts
     */
    public function total(
        mixed $survived,
        int $periods = 1,
        mixed $worth = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        return $this->sum(self::SURVIVAL, $survived, Model::ahead($periods), [0, 0.0, 0.0], $worth, $level, $context);
    }

    /**
     * How many of these customers will leave at the decision that is so many from now.
     *
     * @param mixed $survived list<float>|string|Column: renewals behind, of each customer
     * @param mixed $worth list<float>|string|Column|null: what each customer counts
     */
    public function totalLeaving(
        mixed $survived,
        int $periods = 1,
        mixed $worth = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        return $this->sum(self::PMF, $survived, Model::ahead($periods), [0, 0.0, 0.0], $worth, $level, $context);
    }

    /**
     * What these customers will pay: discounted(), summed.
     *
     * @param mixed $survived list<float>|string|Column: renewals behind, of each customer
     * @param mixed $worth list<float>|string|Column|null: what each customer counts, such as the margin of a payment
     */
    public function totalDiscounted(
        mixed $survived,
        mixed $worth = null,
        Moment $moment = Moment::Del,
        ?int $periods = null,
        ?float $annualRate = null,
        ?float $rate = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        $terms = $this->terms($moment, $periods, $annualRate, $rate);
        return $this->sum(self::DISCOUNTED, $survived, 0.0, $terms, $worth, $level, $context);
    }

    /** @return array{int, list<float>|string|Column, int} */
    private function raw(): array
    {
        return [$this->model::family()->value, $this->values, $this->count()];
    }

    /** @return array{int, float, float} */
    private function terms(Moment $moment, ?int $periods, ?float $annualRate, ?float $rate): array
    {
        if ($periods !== null && $periods < 1) {
            throw new ArgumentException("periods is $periods; it must be at least 1, or null for ever", 1);
        }
        return [$moment->value, $periods === null ? 0.0 : Model::ahead($periods), $this->model->rate($annualRate, $rate)];
    }

    private function curve(int $quantity, mixed $t, mixed $survived, float $level, ?Context $context): DrawnInterval
    {
        $times = Columns::check($t, 't');
        return $this->ask($quantity, [0, 0.0, 0.0], Model::behind($survived, $times), $times, $level, $context);
    }

    /** @param array{int, float, float} $terms */
    private function value(int $quantity, mixed $survived, array $terms, float $level, ?Context $context): DrawnInterval
    {
        $behind = Columns::check($survived, 'survived');
        return $this->ask($quantity, $terms, $behind, Model::behind(null, $behind), $level, $context);
    }

    /**
     * @param array{int, float, float} $terms
     * @param array<mixed>|string|Column $behind
     * @param array<mixed>|string|Column $times
     */
    private function ask(
        int $quantity,
        array $terms,
        array|string|Column $behind,
        array|string|Column $times,
        float $level,
        ?Context $context,
    ): DrawnInterval {
        $found = retain_contract_draws_interval(
            $context?->raw(),
            ...[...$this->raw(), $quantity, ...$terms, $behind, $times, Columns::level($level), true, true, true, true]
        );
        return new DrawnInterval($found['mean'], $found['deviation'], $found['low'], $found['high']);
    }

    /** @param array{int, float, float} $terms */
    private function sum(
        int $quantity,
        mixed $survived,
        float $ahead,
        array $terms,
        mixed $worth,
        float $level,
        ?Context $context,
    ): Total {
        $behind = Columns::check($survived, 'survived');
        $times = array_fill(0, Columns::count($behind, Columns::FLOAT64), $ahead);
        return Total::of(retain_contract_draws_total(
            $context?->raw(),
            ...[...$this->raw(), $quantity, ...$terms, $behind, $times, Columns::checkOptional($worth, 'worth'), Columns::level($level)]
        )['record']);
    }
}
