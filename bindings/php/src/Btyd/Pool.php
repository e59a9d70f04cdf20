<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\FitReport;

/**
 * One model for each store, country or cohort, which learns from all the others by as much as the data say: partial pooling.
 *
 * One model for all denies that stores differ; a fit for each runs wild where customers are few. This is between them: the logarithms of
 * the parameters of a group are drawn from a population whose centre and spread are estimated from all customers (empirical Bayes).
 *
 *     $pool = Pool::fit(Family::BgNbd, $customers, $stores);            // $stores: a label for each customer
 *     $pool->report->explanation;                                       // "40 groups differ in r (sd 0.31), ..."
 *     $pool->groups()['Berlin']->model->orders($berliners, days: 90);   // a model like any other
 *     $pool->forecast($customers, $stores, Question::orders(t: 13));    // every customer by the model of its store
 *     $pool->total($customers, $stores, Question::orders(t: 13))->most;
 *
 * A label that was not in the fit is a new group: it has the median group's parameters, with their uncertainty and spread.
 */
final readonly class Pool implements \Countable
{
    /**
     * @param list<int|string> $labels of the groups, ascending
     * @param array<string, mixed> $found columns of the raw extension, the last row being a new group
     */
    private function __construct(
        private Family $family,
        public PoolReport $report,
        public float $unitDays,
        public array $labels,
        private array $found,
        private float $level,
    ) {
    }

    /**
     * Fits the population and each group.
     *
     * @param Customers $customers without covariates; `weight` counts identical customers
     * @param mixed $group list<int|string>|string|Column: a label for each customer
     * @param ?list<string> $varies names of the parameters that may differ between groups; null: all
     * @param int $iterations most steps of the search for the population
     * @param float $level two-sided level of limits, in (0, 1)
     * @param bool $own fit each group alone, too
     * @param mixed ...$terms by name: `fixed`, `prior` (on the median group) and `k`, as Terms describes them
     * @throws ConvergenceException with fewer than three groups, or when the customers leave the population open; carries `report`, and
     *                              this, as far as it got, as `model`
     */
    public static function fit(
        Family $family,
        Customers|Histories $customers,
        mixed $group,
        ?array $varies = null,
        int $iterations = 200,
        float $level = 0.95,
        bool $own = false,
        ?Context $context = null,
        mixed ...$terms,
    ): self {
        if ($customers instanceof Histories || ($terms['covariates'] ?? []) !== []) {
            $instead = 'give the pool customers without ($histories->summary()), or fit a model with covariates to each group by itself';
            throw new ArgumentException("customers have covariates, whose coefficients are not pooled: $instead", 1);
        }
        $asked = Terms::asked($family, $customers, $terms);
        [, , , $fixed, $priorSd, $ofCoefficients, $centre] = $asked->raw;
        if ($ofCoefficients > 0.0) {
            throw new ArgumentException('the prior is about coefficients of covariates, which are not pooled', 1);
        }
        $names = $family->parameters();
        foreach (array_diff($varies ?? [], $names) as $name) {
            throw new ArgumentException("varies names '$name'; the parameters are " . implode(', ', $names), 1);
        }
        $flags = $varies === null ? null : array_map(static fn (string $name): int => (int) in_array($name, $varies, true), $names);
        $rows = self::labels($group);
        $labels = array_keys(array_flip($rows)); /* texts that look like numbers have become ints: "1" and "01" are two */
        if ($rows !== [] && is_string($rows[0])) {
            $labels = array_map(strval(...), $labels);
            sort($labels, SORT_STRING);
        } else {
            sort($labels);
        }
        $found = retain_btyd_pool_fit(
            $context?->raw(),
            ...[
                ...array_slice($asked->columns($customers), 0, 7),
                self::codes($rows, $labels),
                count($labels) + 1,
                $flags,
                $fixed,
                $priorSd,
                $centre,
                Columns::positiveInt($iterations, 'iterations'),
                Columns::level($level),
                $asked->k,
                ...array_fill(0, 9, true),
                $own,
                true,
            ]
        );
        $record = $found['record'];
        unset($found['record']);
        $pool = new self($family, PoolReport::of($record, $names), $customers->unitDays, $labels, $found, $level);
        if ($record['status'] === 0) {
            return $pool;
        }
        $exception = new ConvergenceException($record['explanation'], $record['status']);
        $exception->model = $pool;
        $exception->report = $pool->report;
        throw $exception;
    }

    /** Number of groups. */
    public function count(): int
    {
        return count($this->labels);
    }

    /**
     * Every group.
     *
     * @return array<int|string, PoolGroup> by label
     */
    public function groups(): array
    {
        $groups = [];
        foreach ($this->labels as $row => $label) {
            $groups[$label] = $this->groupAt($row, $label);
        }
        return $groups;
    }

    /** The model of a group. */
    public function modelOf(int|string $label): Model
    {
        $row = array_search($label, $this->labels, true);
        if ($row === false) {
            throw new ArgumentException("there is no group '$label' (a new one has newGroup())", 1);
        }
        return $this->groupAt($row, $label)->model;
    }

    /** The median group. */
    public function population(): Model
    {
        return $this->model(count($this->labels), $this->report->covariance);
    }

    /** The same, with the uncertainty of a group of which nothing is known. */
    public function newGroup(): Model
    {
        return $this->model(count($this->labels), $this->report->newCovariance);
    }

    /**
     * A question about every customer, answered by the model of its group.
     *
     * @param mixed $group as for fit(); labels that were not in the fit are new groups
     * @return list<float>|string|Column
     */
    public function forecast(Customers $customers, mixed $group, Question $question, ?Context $context = null): array|string|Column
    {
        $given = [...$this->view($customers, $group), $customers->unitDays, ...$question->numbers($this->unitDays), true];
        return $question->put('retain_btyd_pool_forecast', $context?->raw(), $this->found['models'], ...$given)['values'];
    }

    /**
     * The same with limits from the uncertainty of the group's parameters.
     *
     * @param mixed $group as for fit()
     */
    public function interval(
        Customers $customers,
        mixed $group,
        Question $question,
        float $level = 0.95,
        ?Context $context = null,
    ): Interval {
        $given = [$customers->unitDays, ...$question->numbers($this->unitDays), Columns::level($level), true, true, true];
        $result = $question->put(
            'retain_btyd_pool_interval',
            $context?->raw(),
            $this->found['models'],
            $this->found['covariance'],
            ...[...$this->view($customers, $group), ...$given]
        );
        return new Interval($result['values'], $result['low'], $result['high']);
    }

    /**
     * A forecast summed over customers of all groups: what is not known about the population does not average out over groups.
     *
     * @param mixed $group as for fit()
     * @param Question $question as for Model::total()
     * @param mixed $worth list<float>|string|Column|null: what one order, or one customer, counts
     */
    public function total(
        Customers $customers,
        mixed $group,
        Question $question,
        mixed $worth = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        $given = [$customers->weight, $customers->unitDays, ...$question->numbers($this->unitDays), $worth, Columns::level($level)];
        return Total::of($question->put(
            'retain_btyd_pool_total',
            $context?->raw(),
            $this->found['models'],
            $this->found['covariance'],
            $this->found['common'],
            ...[...$this->view($customers, $group), ...$given]
        )['record']);
    }

    /** @return list<mixed> groups and customers as the raw extension takes them */
    private function view(Customers $customers, mixed $group): array
    {
        $codes = self::codes(self::labels($group), $this->labels);
        return [$codes, count($this->labels) + 1, $customers->frequency, $customers->t_x, $customers->T];
    }

    /** @return list<int|string> */
    private static function labels(mixed $group): array
    {
        $group = Columns::check($group, 'group');
        $labels = is_array($group) ? array_values($group) : Columns::list($group, Columns::INT64);
        $texts = $labels !== [] && is_string($labels[0]);
        foreach ($labels as $row => $label) {
            if ($texts ? !is_string($label) : !is_int($label)) {
                $type = get_debug_type($label);
                $refused = new DataException("group[$row] is $type; labels must be all ints or all strings", 2);
                throw Columns::withRow($refused, $row);
            }
        }
        return $labels;
    }

    /**
     * @param list<int|string> $rows
     * @param list<int|string> $labels those that are known; others are new groups
     * @return list<int>
     */
    private static function codes(array $rows, array $labels): array
    {
        if ($rows !== [] && $labels !== [] && is_string($rows[0]) !== is_string($labels[0])) {
            throw new ArgumentException('group has ' . get_debug_type($rows[0]) . 's; the labels of the fit are of another type', 1);
        }
        $codeOf = array_flip($labels);
        return array_map(static fn (int|string $label): int => $codeOf[$label] ?? count($labels), $rows);
    }

    private function groupAt(int $row, int|string $label): PoolGroup
    {
        $names = $this->family->parameters();
        $n = count($names);
        $cells = fn (string $what, int $width): array =>
            array_slice(Columns::list($this->found[$what], Columns::FLOAT64), $row * $width, $width);
        $named = static fn (array $values): array => array_combine($names, $values);
        $covariance = array_map($named, Columns::square($cells('covariance', $n * $n), $n));
        return new PoolGroup(
            $label,
            $cells('group_customers', 1)[0],
            $this->model($row, $covariance),
            $named($cells('shrinkage', $n)),
            $named($cells('distance', $n)),
            PoolSource::from((int) Columns::list($this->found['source'], Columns::UINT8)[$row]),
            ($this->found['own'] ?? null) === null ? null : $named($cells('own', $n)),
        );
    }

    /** @param array<string, array<string, float>> $covariance */
    private function model(int $row, array $covariance): Model
    {
        $numbers = Columns::list($this->found['models'], Columns::FLOAT64);
        $width = intdiv(count($numbers), count($this->labels) + 1);
        $of = array_slice($numbers, $row * $width, $width);
        $names = $this->family->parameters();
        $n = count($names);
        $limits = [];
        foreach (['standard_error', 'low', 'high'] as $what) {
            $values = array_slice(Columns::list($this->found[$what], Columns::FLOAT64), $row * $n, $n);
            $limits[$what] = array_combine($names, $values);
        }
        if ($covariance === $this->report->covariance) {
            $limits = ['standard_error' => $this->report->standardError, 'low' => $this->report->low, 'high' => $this->report->high];
        }
        $report = new FitReport(
            $this->report->verdict,
            'Of a group, by partial pooling.',
            0,
            Columns::list($this->found['group_customers'], Columns::FLOAT64)[$row],
            $this->report->iterations,
            0,
            ...[...array_fill(0, 5, NAN), array_combine($names, array_slice($of, 2, $n)), ...array_values($limits), $covariance],
            kind: array_map(static fn (float $error): string => $error === 0.0 ? 'held' : 'estimated', $limits['standard_error']),
            hasPrior: true,
            level: $this->level,
        );
        return $this->family->model()::restore($of, $report);
    }
}
