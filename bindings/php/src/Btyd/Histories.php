<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Day;
use Retain\Exception\ArgumentException;
use Retain\Orders;

/**
 * Customers, the days on which they bought, and what went on meanwhile: what the Pareto/NBD with seasons and with covariates that change
 * with time is fitted to (Bachmann, Meierer & Naef 2021, Marketing Science 40(4)).
 *
 *     $histories = Histories::of($orders, '2024-12-31', unitDays: 7, seasons: $seasons);
 *     $model = ParetoNbd::fit($histories, lifetime: []);                 // seasons change how much is bought, not how long people live
 *     $orders = $model->orders($histories, days: 90);                    // under the seasons of these 90 days
 *
 *     $limits = $model->interval($histories, Question::orders(t: 13));
 *
 * ParetoNbd's fit, likelihood, gradient, alive, logOddsDead, orders, discounted, silence, distribution and derivatives take Histories as they
 * take Customers; so do forecast, interval and total, with all questions but those about rate and leaving. Question::nextOrder() is NaN
 * where it lies beyond the days for which covariates are known.
 */
final readonly class Histories implements \Countable
{
    /**
     * @param list<int|string>|string|Column $customer who, in the order of all results
     * @param list<float>|string|Column $start days of the first purchases
     * @param list<float>|string $end days of the observation ends
     * @param list<int>|string|Column $first customer i bought again at the places first[i] ... first[i + 1] − 1 of `occasion`
     * @param list<float>|string|Column $occasion days
     * @param ?list<int> $piece own pieces likewise
     * @param ?list<float> $pieceStart
     * @param array<string, list<float>> $own
     */
    private function __construct(
        public array|string|Column $customer,
        public array|string|Column $start,
        public array|string $end,
        public array|string|Column $first,
        public array|string|Column $occasion,
        public float $unitDays,
        public ?Seasons $seasons,
        private ?array $piece,
        private ?array $pieceStart,
        private array $own,
        private float $knownUntil,
    ) {
    }

    /**
     * From an order log.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day that was observed, itself included
     * @param float $unitDays days in the unit of time of models: 7 for weeks
     * @param ?Seasons $seasons what is the same for all customers
     * @param array<string, mixed> $covariates what is each customer's own: a column `customer`, a column `day`, and columns of numbers,
     *        which hold from that day on until the customer's next row. Only changes need a row; each customer's first row must not be
     *        after the first purchase. Customers that the log does not know do no harm
     * @param int|string|\DateTimeInterface|null $until last day, itself included, for which the covariates are known; needed with them
     */
    public static function of(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        float $unitDays = 1.0,
        ?Seasons $seasons = null,
        array $covariates = [],
        int|string|\DateTimeInterface|null $until = null,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): self {
        $end = Day::of($observationEnd, 'observationEnd');
        $found = retain_orders_occasions(
            $context?->raw(),
            ...[...$orders->columns(), $end, Columns::positiveInt($occasionDays, 'occasionDays'), (int) $countZeroOrders],
            ...array_fill(0, 4, true)
        );
        $known = $seasons === null ? INF : $seasons->until + 1.0;
        [$piece, $pieceStart, $own] = [null, null, []];
        if ($covariates !== []) {
            if ($until === null) {
                throw new ArgumentException('until is missing; say until which day the covariates are known', 1);
            }
            [$piece, $pieceStart, $own] = self::pieces($orders, Columns::list($found['customers'], Columns::INT64), $covariates, $seasons);
            $known = min($known, Day::of($until, 'until') + 1.0);
        }
        return new self(
            $orders->namesOf($found['customers']),
            $found['start'],
            array_fill(0, $found['record']['customers'], (float) $end),
            $found['first'],
            $found['occasion'],
            Columns::positive($unitDays, 'unitDays'),
            $seasons,
            $piece,
            $pieceStart,
            $own,
            $known,
        );
    }

    /** Number of customers. */
    public function count(): int
    {
        return count($this->end);
    }

    /** @return list<string> names of the covariates: those of the seasons, then the customers' own */
    public function covariates(): array
    {
        return [...array_keys($this->seasons?->columns ?? []), ...array_keys($this->own)];
    }

    /** The same customers as models without time see them. */
    public function summary(): Customers
    {
        $first = Columns::list($this->first, Columns::INT64);
        $occasion = Columns::list($this->occasion, Columns::FLOAT64);
        foreach (Columns::list($this->start, Columns::FLOAT64) as $i => $start) {
            $frequency[] = (float) ($first[$i + 1] - $first[$i]);
            $t_x[] = $first[$i + 1] > $first[$i] ? ($occasion[$first[$i + 1] - 1] - $start) / $this->unitDays : 0.0;
            $T[] = ($this->end[$i] - $start) / $this->unitDays;
        }
        return new Customers($frequency ?? [], $t_x ?? [], $T ?? [], $this->unitDays, id: $this->customer);
    }

    /**
     * The same customers, the last known covariates lasting for ever: for lifetime values without end, or the next order however late.
     */
    public function lasting(): self
    {
        return new self(...[...get_object_vars($this), 'knownUntil' => INF]);
    }

    /**
     * Repeat occasions to be expected from all customers in each period, given their first purchases and covariates and nothing else: the
     * curve to hold against what happened.
     *
     * @param mixed $edges days on which periods begin, ascending: n periods have n + 1
     * @return list<float>|string|Column
     */
    public function tracking(ParetoNbd $model, mixed $edges, ?Context $context = null): array|string|Column
    {
        $days = array_map('floatval', Columns::list(Day::column($edges, 'edges'), Columns::INT64));
        return retain_btyd_dynamic_tracking(
            $context?->raw(),
            ...[$this->modelOf($model), $this->start, $this->end, null, $model->unitDays, ...$this->raw(), $days, true]
        )['expected'];
    }

    /**
     * Draws what these customers would have bought, from first purchase to observation end, on days with a fraction.
     *
     * @return array{histories: self, alive: list<float>|string|Column} alive: 1 for those who are there at the end, else 0
     */
    public function simulate(ParetoNbd $model, int $seed, ?Context $context = null): array
    {
        $drawn = retain_btyd_dynamic_simulate(
            $context?->raw(),
            ...[$this->modelOf($model), $this->start, $this->end, $model->unitDays, ...$this->raw(), $seed, true, true, true]
        );
        $histories = new self(...[...get_object_vars($this), 'first' => $drawn['first'], 'occasion' => $drawn['occasion']]);
        return ['histories' => $histories, 'alive' => $drawn['alive']];
    }

    /**
     * Model and histories as the raw extension takes them.
     *
     * @internal
     * @return list<mixed>
     */
    public function inputs(Model $model): array
    {
        return [$this->modelOf($model), $this->start, $this->end, $this->first, $this->occasion, $model->unitDays(), ...$this->raw()];
    }

    /**
     * The covariates are known for so many days after the observation end; null: for ever.
     *
     * @internal
     */
    public function checkHorizon(?float $days): void
    {
        $ends = Columns::list($this->end, Columns::FLOAT64);
        $known = $this->covariates() === [] || $ends === [] ? INF : $this->knownUntil - max($ends);
        if ($known <= 0.0 || ($days ?? INF) <= $known + 1e-9 * (1 + $known)) { // the library refuses what is not known until the end
            return;
        }
        $said = $days === null ? 'horizonDays is missing in the terms' : "horizonDays of the terms is $days";
        $until = sprintf('the covariates are known until %s: give at most horizonDays: %.15G', Day::iso((int) $this->knownUntil - 1), $known);
        throw new ArgumentException("$said; $until, or \$histories->lasting(), under which the last ones hold for ever", 1);
    }

    /**
     * What a fit reads.
     *
     * @internal
     * @return list<mixed>
     */
    public function past(): array
    {
        return [$this->start, $this->end, $this->first, $this->occasion, null, $this->unitDays, ...$this->raw()];
    }

    /** @return list<float> */
    private function modelOf(Model $model): array
    {
        if (!$model instanceof ParetoNbd) {
            throw new ArgumentException('covariates that change with time are for ParetoNbd; this is ' . $model::class, 1);
        }
        if (array_keys($model->covariates()) !== $this->covariates()) {
            throw new ArgumentException(
                'the model has the covariates ' . (implode(', ', array_keys($model->covariates())) ?: 'none') . '; the histories have '
                    . (implode(', ', $this->covariates()) ?: 'none'),
                1
            );
        }
        return $model->numbers();
    }

    /** @return list<mixed> what went on */
    private function raw(): array
    {
        return [
            $this->seasons === null ? null : array_map('floatval', $this->seasons->start),
            $this->seasons === null ? null : array_merge(...array_values($this->seasons->columns)),
            $this->piece,
            $this->pieceStart,
            $this->piece === null ? null : array_merge(...array_values($this->own)),
            $this->knownUntil,
        ];
    }

    /**
     * Own covariates in the order of customers and days.
     *
     * @param list<int> $customers
     * @param array<string, list<mixed>> $covariates
     * @return array{list<int>, list<float>, array<string, list<float>>}
     */
    private static function pieces(Orders $orders, array $customers, array $covariates, ?Seasons $seasons): array
    {
        $owner = Columns::list($orders->find($covariates['customer'] ?? null, "covariates['customer']"), Columns::INT64);
        $day = Columns::list(Day::column($covariates['day'] ?? null, "covariates['day']"), Columns::INT64);
        unset($covariates['customer'], $covariates['day']);
        foreach ($covariates as $name => $column) {
            $covariates[$name] = Columns::numbers($column, "covariates['$name']");
        }
        foreach (['day' => $day] + $covariates as $name => $column) {
            if (count($column) !== count($owner)) {
                $rows = count($column) . " rows, covariates['customer'] has " . count($owner);
                throw new ArgumentException("covariates['$name'] has $rows; they must have as many", 1);
            }
            if (isset($seasons->columns[$name])) {
                throw new ArgumentException("covariates has a column '$name', and so have the seasons", 1);
            }
        }
        $place = array_flip($customers);
        $rows = array_filter(array_keys($owner), static fn (int $row): bool => isset($place[$owner[$row]]));
        usort($rows, static fn (int $a, int $b): int => [$place[$owner[$a]], $day[$a]] <=> [$place[$owner[$b]], $day[$b]]);
        $piece = array_fill(0, count($customers) + 1, 0);
        foreach ($rows as $row) {
            $piece[$place[$owner[$row]] + 1]++;
        }
        for ($i = 1; $i < count($piece); $i++) {
            $piece[$i] += $piece[$i - 1];
        }
        $own = array_map(
            static fn (array $column): array => array_map(static fn (int $row): float => $column[$row], $rows),
            $covariates
        );
        return [$piece, array_map(static fn (int $row): float => (float) $day[$row], $rows), $own];
    }
}
