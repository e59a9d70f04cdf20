<?php

declare(strict_types=1);

namespace Retain;

use Retain\Accelerated\Limits;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Hazard\Group;
use Retain\Hazard\Link;
use Retain\Hazard\Report;
use Retain\Hazard\Stored as HazardStored;

/**
 * The discrete-time hazard: who leaves in the next month, by age and by what is known of them?
 *
 *     $model = Hazard::fit(new Predictors(['tickets' => [3, 1, 2, 0, 1, 2, 0, 0]]), [2, 3, 5, 6, 2, 3, 6, 6], [1, 1, 1, 0, 0, 1, 1, 0]);
 *     $today = new Predictors(['tickets' => [0, 3]]);
 *     $model->risk($today, 1, [2, 2])->value;                      // who leaves in month 3, having been there for 2
 *     $model->survival($today, 4)->value;                          // who is still there after 4 months
 *
 * The probability of leaving in a period, given that one was there when it began, runs with age as it will, a number for each period; what is
 * known of customers moves it up or down. Forecasts end with the last period that anybody was watched: NaN beyond it.
 */
final readonly class Hazard extends Value
{
    /**
     * @internal
     * @param list<Group> $groups of periods
     * @param array<string, float> $coefficient by predictor, per unit, on the scale of the link
     * @param array<string, float> $missing what a missing value adds; NaN where the fit had none
     * @param array<string, float> $reference predictors of the reference customer: weighted means
     */
    public function __construct(
        public Link $link,
        public array $groups,
        public array $coefficient,
        public array $missing,
        public array $reference,
        public Report $report,
        private bool $named = true,
    ) {
    }

    /**
     * Fits the model by maximum likelihood.
     *
     * @param ?Predictors $predictors what is known of each row at its entry; null without any. Missing values need no care
     * @param mixed $exit list<float>|string|Column: the period in which each row ended, from 1; of rows that did not, how many they completed
     * @param mixed $event list<int|bool>|string|Column|null: 1 where it ended then; all did by default
     * @param mixed $entry list<float>|string|Column|null: how many periods it had completed when it was first seen
     * @param mixed $weight list<float>|string|Column|null: so many identical rows
     * @param mixed $customer list<int|string>|string|Column|null: whose row it is, where customers have several; they may not overlap
     * @param float $l2 penalty on squares of coefficients per standard deviation; 0 for none
     * @param float $l1 penalty on their sizes, which makes some 0
     * @param float $smoothing penalty on squared differences of neighbouring baselines; with it no period needs events
     * @param float $leastEvents periods are put together until each group has so many events
     * @param list<int>|null $until last period of each group, instead
     * @throws ConvergenceException where the data leave coefficients open; with `model` and `report`
     */
    public static function fit(
        ?Predictors $predictors,
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        mixed $customer = null,
        Link $link = Link::Logit,
        float $l2 = 1.0,
        float $l1 = 0.0,
        float $smoothing = 0.0,
        float $leastEvents = 0.0,
        ?array $until = null,
        int $iterations = 100,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        $names = $predictors?->names() ?? [];
        if ($until !== null && ($until === [] || count($until) > 256)) {
            throw new ArgumentException('until has ' . count($until) . ' periods; it must have 1 to 256', 1);
        }
        $durations = [
            $predictors === null ? Columns::check($exit, 'exit') : $predictors->beside($exit, 'exit'),
            Columns::checkOptional($event, 'event'),
            Columns::checkOptional($entry, 'entry'),
            Columns::checkOptional($weight, 'weight'),
        ];
        $grouping = [$smoothing, $leastEvents, $until];
        [$codes, $whose] = $customer === null ? [null, []] : Figures::codes(Columns::check($customer, 'customer'), 'customer');
        $table = retain_hazard_periods($context?->raw(), ...$durations, ...$grouping, ...[true, true, true]);
        $count = $table['record']['groups'];
        $options = [$link->value, $l2, $l1, ...$grouping, $count, Columns::level($level), Columns::positiveInt($iterations, 'iterations')];
        $given = [$predictors?->block() ?? [], 0, $codes, ...$options, ...array_fill(0, 9, true)];
        $result = Names::namingCustomers($whose, static fn (): array => retain_hazard_fit($context?->raw(), ...$durations, ...$given));
        $model = Columns::list($result['model'], Columns::FLOAT64);
        [$atRisk, $events] = [Columns::list($table['at_risk'], Columns::FLOAT64), Columns::list($table['events'], Columns::FLOAT64)];
        $groups = [];
        for ($g = 0; $g < $count; $g++) {
            $first = $g === 0 ? 1 : $groups[$g - 1]->until + 1;
            $groups[] = new Group($first, (int) $model[3 + $g], $model[3 + $count + $g], $atRisk[$g], $events[$g]);
        }
        $entries = Report::entries(array_column($groups, 'until'), $names);
        $report = Report::of($result, $names, $entries, $level);
        $parts = [[], [], []];
        foreach ($names === [] ? [] : array_chunk(array_slice($model, 3 + 2 * $count), count($names)) as $k => $part) {
            $parts[$k] = array_combine($names, $part);
        }
        $fitted = new self($link, $groups, ...[...$parts, $report]);
        if ($result['record']['status'] === 0) {
            return $fitted;
        }
        $refused = new ConvergenceException($report->explanation, 5);
        [$refused->model, $refused->report] = [$fitted, $report];
        throw $refused;
    }

    /** @return list<string> names of the columns that the model reads */
    public function names(): array
    {
        return array_map('strval', array_keys($this->coefficient));
    }

    /** The probability of leaving in a period, given that one was there when it began, with limits. */
    public function probability(?Predictors $predictors, int $period, float $level = 0.95, ?Context $context = null): Limits
    {
        $result = retain_hazard_probability(...$this->question($predictors, null, $level, $context), ...[[(float) $period], true, true, true]);
        return new Limits(...array_values(Columns::lists($result)));
    }

    /**
     * The share of such customers that is still there after so many more periods, with limits.
     *
     * @param ?list<float> $lasted how many periods each has completed already; 0 by default
     */
    public function survival(?Predictors $predictors, int $ahead, ?array $lasted = null, float $level = 0.95, ?Context $context = null): Limits
    {
        $result = retain_hazard_survival(...$this->question($predictors, $lasted, $level, $context), ...[[(float) $ahead], true, true, true]);
        return new Limits(...array_values(Columns::lists($result)));
    }

    /** The probability of leaving within so many more periods: 1 − survival(). @param ?list<float> $lasted */
    public function risk(?Predictors $predictors, int $ahead = 1, ?array $lasted = null, float $level = 0.95, ?Context $context = null): Limits
    {
        $stays = $this->survival($predictors, $ahead, $lasted, $level, $context);
        $leaves = static fn (array $shares): array => array_map(static fn (float $share): float => 1.0 - $share, $shares);
        return new Limits($leaves($stays->value), $leaves($stays->high), $leaves($stays->low));
    }

    /** How many of the next `horizon` periods each completes on average, with limits. @param ?list<float> $lasted */
    public function remaining(?Predictors $predictors, int $horizon, ?array $lasted = null, float $level = 0.95, ?Context $context = null): Limits
    {
        $result = retain_hazard_remaining(...$this->question($predictors, $lasted, $level, $context), ...[(float) $horizon, true, true, true]);
        return new Limits(...array_values(Columns::lists($result)));
    }

    /**
     * Why each row has more or less risk than the reference customer of its age: the largest contributions on the scale of the link.
     *
     * @param int $most reasons for each row
     */
    public function reasons(
        Predictors $predictors,
        int $most = 3,
        LogisticDirection $direction = LogisticDirection::Either,
        ?Context $context = null,
    ): LogisticReasons {
        $names = $this->names();
        $most = min($most, count($names));
        $given = [$this->raw(), $this->block($predictors), 0, $most, $direction->value, false, true, true, true];
        $result = retain_hazard_reasons($context?->raw(), ...$given);
        $reference = array_values($this->reference);
        return new LogisticReasons($names, $reference, count($predictors), $most, $result['reason'], $result['share'], $result['value']);
    }

    /**
     * What each column adds for each row, as many numbers a row as there are columns.
     *
     * @return list<float>|string|Column
     */
    public function contributions(Predictors $predictors, ?Context $context = null): array|string|Column
    {
        $given = [$this->raw(), $this->block($predictors), 0, 0, 0, true, false, false, false];
        return retain_hazard_reasons($context?->raw(), ...$given)['contribution'];
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python
     * reads it too.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return HazardStored::write($this, $this->named);
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return $this->toArray();
    }

    /**
     * The model that toArray() was called on.
     *
     * @param array<string, mixed> $stored
     * @throws ArgumentException for what is missing, unknown or wrong in it, by name
     */
    public static function fromArray(array $stored): self
    {
        return new self(...HazardStored::read($stored));
    }

    /** @return list<float|int>|string the columns that the model reads */
    private function block(Predictors $predictors): array|string
    {
        $names = $this->names();
        return $names === [] ? throw new ArgumentException('predictors have columns; the model reads none', 1) : $predictors->block($names);
    }

    /** @return list<float> */
    private function raw(): array
    {
        $columns = [...array_values($this->coefficient), ...array_values($this->missing), ...array_values($this->reference)];
        $groups = [...array_map(floatval(...), array_column($this->groups, 'until')), ...array_column($this->groups, 'baseline')];
        return [(float) $this->link->value, (float) count($this->groups), (float) count($this->coefficient), ...$groups, ...$columns];
    }

    /**
     * @param ?list<float> $lasted
     * @return list<mixed>
     */
    private function question(?Predictors $predictors, ?array $lasted, float $level, ?Context $context): array
    {
        $names = $this->names();
        if ($predictors === null && $names !== []) {
            throw new ArgumentException('predictors are missing; the model reads ' . implode(', ', $names), 1);
        }
        $block = $predictors === null ? [] : $this->block($predictors);
        $rows = $names === [] ? 1 : count($predictors);
        return [
            $context?->raw(),
            $this->raw(),
            array_merge(...array_map(array_values(...), array_values($this->report->covariance))),
            $block,
            0,
            $lasted ?? array_fill(0, $rows, 0.0),
            Columns::level($level),
        ];
    }
}
