<?php

declare(strict_types=1);

namespace Retain;

use Retain\Boosting\Dependence;
use Retain\Boosting\Direction;
use Retain\Boosting\Importance;
use Retain\Boosting\Reason;
use Retain\Boosting\Report;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Boosted trees: how likely is it, where effects bend, jump and depend on each other, and why for this customer?
 *
 *     $model = Boosting::fit(new Predictors(['days_since_last' => $days, 'orders' => $orders]), $left);
 *     $others = new Predictors(['days_since_last' => [200.0], 'orders' => [1]]);
 *     $model->probability($others);
 *     $model->reasons($others, most: 3)[0][0]->predictor;
 *
 * Log odds as a sum of many small trees, each correcting those before it. Nothing is assumed of shapes and interactions, columns need no
 * scaling, and a missing value (NAN, null) is information. With a few hundred customers logistic regression is as good or better.
 *
 * A model is a plain value: store toArray(), get it back with fromArray().
 */
final readonly class Boosting extends Value
{
    private const FAMILY = 'boosted trees';
    private const NODE = ['column', 'threshold', 'missing_left', 'value', 'cover', 'gain'];

    /**
     * @param list<string> $columns names of the columns that it reads
     * @param list<bool|int|float|string> $classes the two outcomes; probabilities are of the second
     * @param float $base log odds before any column is known: what contributions are added to
     * @param list<float> $model columns, trees, base, and six numbers for each node
     * @param ?Report $report of the fit, if the model comes from one
     */
    private function __construct(
        public array $columns,
        public array $classes,
        public float $base,
        private array $model,
        public ?Report $report,
    ) {
    }

    /**
     * Grows the trees.
     *
     * @param Predictors $predictors what is known of each row
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @param mixed $weight list<float>|string|Column|null: how many customers each row stands for
     * @param mixed $customer list<int|string>|string|Column|null: rows of one customer are never parted between what is learned from and what
     *        is held out
     * @param int $rounds most trees, at most 10,000; without folds exactly so many
     * @param int $depth most splits between root and leaf, 1 to 8: 1 is an additive model, d lets d columns act together
     * @param float $learningRate share of its own correction that a tree is let make, in (0, 1]
     * @param float $l2 customers' worth of second derivative that is added to each leaf
     * @param float $leafCustomers fewest customers (weights) in a leaf
     * @param float $leafHessian least sum of p (1 - p) in a leaf
     * @param int $bins most bins of a column, 2 to 255
     * @param float $eachOutcome fewest customers of either outcome for which a model is made
     * @param int $folds customers are cut into so many parts (2 to 20); each is forecast by trees grown on the others, and the number of
     *        trees with the least log loss is grown on all. 0: exactly $rounds trees
     * @param int $turns how many of the parts are held out, one after the other; 0 means all
     * @param int $patience trees without a gain on the part held out after which a turn ends
     * @param array<string, int> $monotone by column: 1 where risk never falls as it rises, all else alike, -1 where it never rises
     * @param int $seed of the cut into parts
     * @throws DataException for a row that breaks a rule, and where there are too few customers of either outcome to learn from
     */
    public static function fit(
        Predictors $predictors,
        mixed $outcome,
        mixed $weight = null,
        mixed $customer = null,
        int $rounds = 1000,
        int $depth = 3,
        float $learningRate = 0.1,
        float $l2 = 1.0,
        float $leafCustomers = 20.0,
        float $leafHessian = 0.001,
        int $bins = 255,
        float $eachOutcome = 20.0,
        int $folds = 5,
        int $turns = 0,
        int $patience = 20,
        array $monotone = [],
        int $seed = 0,
        ?Context $context = null,
    ): self {
        $names = $predictors->names();
        [$customers] = $customer === null ? [null] : Figures::codes(Columns::check($customer, 'customer'), 'customer');
        $result = retain_boosting_fit(
            $context?->raw(),
            $predictors->block(),
            0,
            $predictors->beside($outcome, 'outcome', Columns::UINT8),
            Columns::checkOptional($weight, 'weight'),
            $rounds,
            $depth,
            Columns::positive($learningRate, 'learningRate'),
            $l2 === 0.0 ? 1e-300 : $l2,
            Columns::positive($leafCustomers, 'leafCustomers'),
            Columns::positive($leafHessian, 'leafHessian'),
            $bins,
            Columns::positive($eachOutcome, 'eachOutcome'),
            $folds,
            $folds === 0 ? 0 : $turns,
            Columns::positiveInt($patience, 'patience'),
            $seed,
            $customers,
            self::directions($monotone, $names),
            true
        );
        $record = $result['record'];
        $report = new Report(...[...array_values(array_slice($record, 0, 9)), $record['at_most'] === 1]);
        return self::make($names, [0, 1], Columns::list($result['model'], Columns::FLOAT64), $report);
    }

    /**
     * @param array<string, int> $monotone
     * @param list<string> $names
     * @return ?list<int>
     */
    private static function directions(array $monotone, array $names): ?array
    {
        foreach (array_diff(array_map(strval(...), array_keys($monotone)), $names) as $unknown) {
            throw new ArgumentException("monotone has '$unknown', which is no column", 1);
        }
        foreach ($monotone as $name => $way) {
            if (!is_int($way)) {
                throw new ArgumentException("monotone['$name'] is " . get_debug_type($way) . '; it must be -1, 0 or 1', 1);
            }
        }
        return $monotone === [] ? null : array_map(static fn (string $name): int => $monotone[$name] ?? 0, $names);
    }

    /**
     * @param list<string> $names
     * @param list<bool|int|float|string> $classes
     * @param list<float> $model
     */
    private static function make(array $names, array $classes, array $model, ?Report $report): self
    {
        $told = retain_boosting_reasons(null, $model, [], 0, 0, 0, false, false, false, false);
        return new self($names, $classes, $told['record']['base'], $model, $report);
    }

    /**
     * Probability of each row that it happens.
     *
     * @return list<float>
     */
    public function probability(Predictors $predictors, ?Context $context = null): array
    {
        $result = retain_boosting_probability($context?->raw(), $this->model, $predictors->block($this->columns), 0, true);
        return Columns::list($result['probability'], Columns::FLOAT64);
    }

    /**
     * Log odds of each row.
     *
     * @return list<float>
     */
    public function logOdds(Predictors $predictors, ?Context $context = null): array
    {
        $result = retain_boosting_log_odds($context?->raw(), $this->model, $predictors->block($this->columns), 0, true);
        return Columns::list($result['log_odds'], Columns::FLOAT64);
    }

    /**
     * What each column adds to the log odds of each row, against the average customer: exact Shapley values. Log odds are `base` and
     * their sum, to rounding.
     *
     * @return list<array<string, float>> by row and column
     */
    public function contributions(Predictors $predictors, ?Context $context = null): array
    {
        $block = $predictors->block($this->columns);
        $result = retain_boosting_reasons($context?->raw(), $this->model, $block, 0, 0, 0, true, false, false, false);
        $rows = Columns::square(Columns::list($result['contribution'], Columns::FLOAT64), count($this->columns));
        return array_map(fn (array $row): array => array_combine($this->columns, $row), $rows);
    }

    /**
     * The largest contributions of each row, the largest first; fewer than $most where there are no more.
     *
     * @return list<list<Reason>> by row
     */
    public function reasons(
        Predictors $predictors,
        int $most = 3,
        Direction $direction = Direction::Either,
        ?Context $context = null,
    ): array {
        $most = min(Columns::positiveInt($most, 'most'), count($this->columns));
        $block = $predictors->block($this->columns);
        $result = retain_boosting_reasons($context?->raw(), $this->model, $block, 0, $most, $direction->value, false, true, true, true);
        $reason = Columns::list($result['reason'], Columns::INT64);
        $share = Columns::list($result['share'], Columns::FLOAT64);
        $value = Columns::list($result['value'], Columns::FLOAT64);
        $rows = array_fill(0, count($predictors), []);
        foreach ($reason as $at => $column) {
            if ($column >= 0) {
                $rows[intdiv($at, $most)][] = new Reason($this->columns[$column], $value[$at], $share[$at]);
            }
        }
        return $rows;
    }

    /**
     * Which columns matter, over these rows.
     *
     * @param mixed $weight list<float>|string|Column|null: how many customers each row stands for
     * @param float $level two-sided level of the limits
     */
    public function importance(
        Predictors $predictors,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Importance {
        $block = $predictors->block($this->columns);
        $weights = Columns::checkOptional($weight, 'weight');
        $level = Columns::level($level);
        $result = retain_boosting_importance($context?->raw(), $this->model, $block, 0, $weights, $level, true, true, true, true);
        $named = fn (array $figures): array => array_combine($this->columns, $figures);
        return new Importance(...array_map($named, Columns::lists($result)));
    }

    /**
     * Shape of a column: what is expected if every row had this value in it, and else what it has. Partial dependence.
     *
     * @param string $column its name
     * @param mixed $values list<float>|string|Column: where; NAN asks for missing
     * @param mixed $weight list<float>|string|Column|null: how many customers each row stands for
     * @param float $level two-sided level of the limits
     */
    public function dependence(
        Predictors $predictors,
        string $column,
        mixed $values,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Dependence {
        $at = array_search($column, $this->columns, true);
        if ($at === false) {
            throw new ArgumentException("column is '$column'; there are " . implode(', ', $this->columns), 1);
        }
        $points = Columns::numbers($values, 'values');
        $given = [$predictors->block($this->columns), 0, Columns::checkOptional($weight, 'weight'), Columns::level($level), $at, $points];
        $result = Names::renamed(
            ['value' => 'values'],
            fn (): array => retain_boosting_dependence($context?->raw(), $this->model, ...$given, ...array_fill(0, 4, true))
        );
        return new Dependence($points, ...Columns::lists($result));
    }

    /**
     * The model as it is stored: fromArray() reads it, and so does Python.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $nodes = array_chunk(array_slice($this->model, 3), count(self::NODE));
        $stored = ['format' => Stored::FORMAT, 'version' => Stored::VERSION, 'family' => self::FAMILY];
        $stored += ['columns' => $this->columns, 'classes' => $this->classes];
        $stored += ['trees' => (int) $this->model[1], 'base' => $this->model[2]];
        foreach (self::NODE as $position => $name) {
            $values = array_column($nodes, $position);
            $stored[$name] = in_array($name, ['column', 'missing_left'], true) ? array_map(intval(...), $values) : $values;
        }
        return $stored;
    }

    /**
     * The model that toArray() or Python's to_dict() wrote. Nothing of it is trusted.
     *
     * @param array<mixed> $stored
     */
    public static function fromArray(array $stored): self
    {
        [$given] = Stored::open($stored, [self::FAMILY]);
        $names = $given->items('columns');
        foreach ($names as $name) {
            if (!is_string($name)) {
                throw new ArgumentException('columns must be a list of texts, not of ' . get_debug_type($name), 1);
            }
        }
        if ($names === [] || count($names) > 256) {
            throw new ArgumentException('columns has ' . count($names) . ' entries; it must have 1 to 256', 1);
        }
        if (count(array_unique($names)) !== count($names)) {
            throw new ArgumentException('columns must have names that differ', 1);
        }
        $classes = $given->classes();
        $model = [(float) count($names), (float) $given->whole('trees'), $given->known('base')];
        $length = is_array($stored['column'] ?? null) ? count($stored['column']) : 0;
        $nodes = array_map(static fn (string $name): array => $given->column($name, $length), self::NODE);
        $given->done();
        foreach (self::NODE as $position => $name) {
            self::checkNodes($name, $nodes[$position], count($names));
        }
        for ($at = 0; $at < $length; $at++) {
            array_push($model, ...array_column($nodes, $at));
        }
        try {
            retain_boosting_check(null, $model);
        } catch (ArgumentException $refused) { // which speaks of nodes, where the stored model has columns
            $sentence = (string) preg_replace('/^model\.(?:node(\[\d+\])\.(\w+))?/', '$2$1', $refused->getMessage());
            throw new ArgumentException($sentence, 1);
        }
        return self::make($names, $classes, $model, null);
    }

    /** @param list<float> $values of all nodes */
    private static function checkNodes(string $name, array $values, int $columns): void
    {
        [$holds, $rule] = match ($name) {
            'column' => [
                static fn (float $value): bool => $value >= -1.0 && $value < $columns && $value === floor($value),
                'a whole number from -1 to ' . ($columns - 1),
            ],
            'missing_left' => [static fn (float $value): bool => $value === 0.0 || $value === 1.0, '0 or 1'],
            'cover', 'gain' => [static fn (float $value): bool => $value >= 0.0, 'at least 0'],
            default => [is_finite(...), 'finite'],
        };
        foreach ($values as $row => $value) {
            if (!is_finite($value) || !$holds($value)) {
                $rule = is_finite($value) ? $rule : 'finite';
                throw new ArgumentException("{$name}[$row] is " . Stored::shown($value) . "; it must be $rule", 1);
            }
        }
    }
}
