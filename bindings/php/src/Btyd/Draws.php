<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;

/**
 * Models that could be true, a row for each, and what they foretell.
 *
 *     $known = BgNbd::posterior($customers, seed: 1);
 *     $known->summary()['r'];                                     // mean, limits, R-hat
 *     $known->total($customers, Question::orders(t: 13))->most;   // what will hardly be exceeded
 */
final readonly class Draws implements \Countable
{
    /**
     * @param Model $model the posterior mode, or the fit to the customers themselves
     * @param list<string> $entries names of the numbers of a row
     * @param list<float>|string|Column $values logarithms of the parameters, and coefficients, row after row, chain by chain; NaN for a
     *                                          refit that ended nowhere
     * @param int $chains 0 where draws are independent (bootstrap, normal)
     * @param ?DrawsReport $report can they be trusted? null for normal draws
     */
    public function __construct(
        public Model $model,
        public array $entries,
        public array|string|Column $values,
        public int $chains,
        public ?DrawsReport $report,
    ) {
    }

    /** Number of rows. */
    public function count(): int
    {
        return intdiv(Columns::count($this->values, Columns::FLOAT64), count($this->entries));
    }

    /**
     * Mean, standard deviation, limits and convergence of every parameter and coefficient.
     *
     * @return array<string, Drawn> by name
     */
    public function summary(float $level = 0.95): array
    {
        $found = retain_btyd_draws_summary(
            null,
            $this->model->numbers(),
            $this->values,
            $this->count(),
            $this->chains,
            Columns::level($level),
            true
        );
        $rows = array_chunk(Columns::list($found['summary'], Columns::FLOAT64), 9);
        return array_combine($this->entries, array_map(static fn (array $row): Drawn => new Drawn(...$row), $rows));
    }

    /** Answers a question about every customer by every draw. */
    public function interval(
        Customers $customers,
        Question $question,
        float $level = 0.95,
        ?Context $context = null,
    ): DrawnInterval {
        $inputs = $this->model->inputs($customers);
        $found = $question->put(
            retain_btyd_draws_interval(...),
            $context?->raw(),
            $inputs[0],
            $this->values,
            $this->count(),
            ...[...array_slice($inputs, 1), ...$question->numbers($this->model->unitDays()), Columns::level($level), true, true, true, true]
        );
        return new DrawnInterval($found['mean'], $found['deviation'], $found['low'], $found['high']);
    }

    /**
     * A forecast summed over all customers, as Model::total(): `value` is the mean of the draws and `standardError` their standard
     * deviation, `low` and `high` are quantiles of the expectation, `least` and `most` of what will happen.
     *
     * @param mixed $worth list<float>|string|Column|null: what one order, or one customer, counts, such as the expected spend
     */
    public function total(
        Customers $customers,
        Question $question,
        mixed $worth = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        [$model, $frequency, $t_x, $T, $unitDays, $stacked] = $this->model->inputs($customers);
        $sum = $question->put(
            retain_btyd_draws_total(...),
            $context?->raw(),
            $model,
            $this->values,
            $this->count(),
            $frequency,
            $t_x,
            $T,
            $customers->weight,
            $unitDays,
            ...[$stacked, ...$question->numbers($this->model->unitDays()), $worth, Columns::level($level)]
        )['record'];
        return Total::of($sum);
    }
}
