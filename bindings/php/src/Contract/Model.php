<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;
use Retain\Stored;
use Retain\Value;

/**
 * Of customers who renew or cancel at known times, how many stay, how long, and what is that worth?
 *
 * A subscription, a membership or a plan comes up for renewal once per period, and it is seen who leaves. From a few periods these
 * models forecast the next dozen: Sbg, Bdw. A new customer has survived 0 renewals; decision t = 1, 2, ... ends period t.
 *
 *     $model = Sbg::fitCohorts([1000, 869, 743, 653, 593, 551, 517, 491], periodDays: 365.25);
 *     $model->survival([8, 12]);
 *     $model->discounted([0, 1, 2], annualRate: .1);
 *
 * A model is a plain value: store toArray(), get it back with fromArray(). Columns are lists, packed strings or Retain\Column, and
 * results come in the kind of the first one. Limits need a model that was fitted; they are of each point alone, by the delta method.
 */
abstract readonly class Model extends Value
{
    use Drawing;

    abstract public static function family(): Family;

    /** @return list<float> in the order of Family::parameters() */
    abstract public function parameters(): array;

    /** Days from one renewal to the next. */
    abstract public function periodDays(): float;

    /** What there is to say about the fit, if the model comes from one. */
    abstract public function report(): ?FitReport;

    /** @param list<float> $parameters */
    abstract protected static function make(array $parameters, float $periodDays, ?FitReport $report): static;

    /**
     * Fits the family by maximum likelihood to one row per customer.
     *
     * @param mixed $periods list<float>|string|Column: decisions seen; of who left, the decision at which (1 or later)
     * @param mixed $left list<int>|string|Column: 1 when the last of these was to leave
     * @param float $periodDays days from one renewal to the next: 365.25 for years, 30.4375 for months
     * @param mixed $weight list<float>|string|Column|null: identical customers
     * @param int $iterations most Newton steps
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report`
     */
    final public static function fit(
        mixed $periods,
        mixed $left,
        float $periodDays,
        mixed $weight = null,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): static {
        return self::finish(retain_contract_fit(
            $context?->raw(),
            static::family()->value,
            Columns::check($periods, 'periods'),
            Columns::check($left, 'left'),
            Columns::checkOptional($weight, 'weight'),
            $periodDays,
            Columns::positiveInt($iterations, 'iterations'),
            Columns::level($level),
            true
        ), $level);
    }

    /**
     * The same from counts: exactly the fit to the customers they count.
     *
     * @param mixed $survivors S_0, S_1, ..., S_k of one cohort as a column; or a list of such lists, one per cohort, of any lengths
     */
    final public static function fitCohorts(
        mixed $survivors,
        float $periodDays,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): static {
        [$cells, $cohorts] = self::cells($survivors);
        return self::finish(retain_contract_fit_cohorts(
            $context?->raw(),
            static::family()->value,
            $cells,
            $cohorts,
            $periodDays,
            Columns::positiveInt($iterations, 'iterations'),
            Columns::level($level),
            true
        ), $level);
    }

    /** @param array<string, mixed> $result */
    private static function finish(array $result, float $level): static
    {
        $numbers = Columns::list($result['model'], Columns::FLOAT64);
        $report = FitReport::of($result['record'], static::family()->parameters(), $level);
        $model = static::make(array_slice($numbers, 2), $numbers[1], $report);
        return $result['record']['status'] === 0 ? $model : throw FitReport::refuse($result['record'], $model, $report);
    }

    /**
     * Survivors as one column and the number of cohorts; shorter rows are filled with NaN.
     *
     * @return array{array<mixed>|string|Column, int}
     */
    private static function cells(mixed $survivors): array
    {
        if (!is_array($survivors) || !is_array($survivors[0] ?? null)) {
            return [Columns::check($survivors, 'survivors'), 1];
        }
        if (!array_is_list($survivors)) {
            throw new ArgumentException('survivors has other keys than 0, 1, 2 ...; give one list per cohort', 1);
        }
        foreach ($survivors as $i => $row) {
            if (!is_array($row) || !array_is_list($row)) {
                throw new ArgumentException("survivors[$i] must be a list, S_0, S_1 ... of one cohort, as the first row is", 1);
            }
        }
        $width = max(1, ...array_map(count(...), $survivors));
        $rows = array_map(static fn (array $row): array => array_pad($row, $width, NAN), $survivors);
        return [array_merge(...$rows), count($rows)];
    }

    // --- likelihood ---

    /**
     * Log-likelihood of each customer; weights are not applied.
     *
     * @return list<float>|string|Column
     */
    final public function likelihood(mixed $periods, mixed $left, ?Context $context = null): array|string|Column
    {
        return $this->ofCustomers($periods, $left, false, $context)['log_likelihood'];
    }

    /**
     * Its derivatives by the logarithms of the parameters, as many numbers a customer.
     *
     * @return list<float>|string|Column
     */
    final public function gradient(mixed $periods, mixed $left, ?Context $context = null): array|string|Column
    {
        return $this->ofCustomers($periods, $left, true, $context)['gradient'];
    }

    /** @return array<string, mixed> */
    private function ofCustomers(mixed $periods, mixed $left, bool $gradient, ?Context $context): array
    {
        return retain_contract_likelihood(
            $context?->raw(),
            $this->numbers(),
            Columns::check($periods, 'periods'),
            Columns::check($left, 'left'),
            $this->periodDays(),
            true,
            $gradient
        );
    }

    /**
     * Log-likelihood of each cohort.
     *
     * @param mixed $survivors as in fitCohorts()
     * @return list<float>|string|Column
     */
    final public function likelihoodCohorts(mixed $survivors, ?Context $context = null): array|string|Column
    {
        return $this->ofCohorts($survivors, false, $context)['log_likelihood'];
    }

    /**
     * Its derivatives by the logarithms of the parameters, as many numbers a cohort.
     *
     * @return list<float>|string|Column
     */
    final public function gradientCohorts(mixed $survivors, ?Context $context = null): array|string|Column
    {
        return $this->ofCohorts($survivors, true, $context)['gradient'];
    }

    /** @return array<string, mixed> */
    private function ofCohorts(mixed $survivors, bool $gradient, ?Context $context): array
    {
        [$cells, $cohorts] = self::cells($survivors);
        return retain_contract_likelihood_cohorts($context?->raw(), $this->numbers(), $cells, $cohorts, $this->periodDays(), true, $gradient);
    }

    // --- curves ---

    /**
     * P(still there after t more decisions), given that so many renewals are behind.
     *
     * @param mixed $t list<float>|string|Column: whole numbers >= 0
     * @param mixed $survived list<float>|string|Column|null: whole numbers >= 0; null for new customers
     * @return list<float>|string|Column
     */
    final public function survival(mixed $t, mixed $survived = null, ?Context $context = null): array|string|Column
    {
        return $this->curve($t, $survived, false, null, $context)['survival'];
    }

    /**
     * Its logarithm, exact where the probability underflows.
     *
     * @return list<float>|string|Column
     */
    final public function logSurvival(mixed $t, mixed $survived = null, ?Context $context = null): array|string|Column
    {
        return $this->curve($t, $survived, true, null, $context)['log_survival'];
    }

    /** The same with limits, on the logit scale. */
    final public function survivalLimits(mixed $t, mixed $survived = null, float $level = 0.95, ?Context $context = null): Limits
    {
        $result = $this->curve($t, $survived, false, Columns::level($level), $context);
        return new Limits($result['survival'], $result['low'], $result['high']);
    }

    /** @return array<string, mixed> */
    private function curve(mixed $t, mixed $survived, bool $log, ?float $level, ?Context $context): array
    {
        $times = Columns::check($t, 't');
        return retain_contract_survival(
            $context?->raw(),
            $this->numbers(),
            self::behind($survived, $times),
            $times,
            $level === null ? null : $this->covariance(),
            $level ?? 0.0,
            true,
            $log,
            $level !== null,
            $level !== null
        );
    }

    /**
     * P(leaving at the t-th decision from now), given that so many renewals are behind.
     *
     * @param mixed $t list<float>|string|Column: whole numbers >= 1
     * @param mixed $survived list<float>|string|Column|null: null for new customers
     * @return list<float>|string|Column
     */
    final public function pmf(mixed $t, mixed $survived = null, ?Context $context = null): array|string|Column
    {
        $times = Columns::check($t, 't');
        return retain_contract_pmf($context?->raw(), $this->numbers(), self::behind($survived, $times), $times, true, false)['pmf'];
    }

    /**
     * Its logarithm.
     *
     * @return list<float>|string|Column
     */
    final public function logPmf(mixed $t, mixed $survived = null, ?Context $context = null): array|string|Column
    {
        $times = Columns::check($t, 't');
        return retain_contract_pmf($context?->raw(), $this->numbers(), self::behind($survived, $times), $times, true, true)['log_pmf'];
    }

    /**
     * Retention rate at decision t: of those who are there, the share that renews, r_t = S(t) / S(t − 1).
     *
     * @param mixed $t list<float>|string|Column: whole numbers >= 1
     * @return list<float>|string|Column
     */
    final public function retention(mixed $t, ?Context $context = null): array|string|Column
    {
        return $this->rates($t, false, null, $context)['retention'];
    }

    /**
     * Churn rate at decision t, 1 − r_t, without cancellation.
     *
     * @return list<float>|string|Column
     */
    final public function hazard(mixed $t, ?Context $context = null): array|string|Column
    {
        return $this->rates($t, true, null, $context)['hazard'];
    }

    /** Retention rates with limits, on the logit scale. */
    final public function retentionLimits(mixed $t, float $level = 0.95, ?Context $context = null): Limits
    {
        $result = $this->rates($t, false, Columns::level($level), $context);
        return new Limits($result['retention'], $result['low'], $result['high']);
    }

    /** @return array<string, mixed> */
    private function rates(mixed $t, bool $hazard, ?float $level, ?Context $context): array
    {
        return retain_contract_retention(
            $context?->raw(),
            $this->numbers(),
            Columns::check($t, 't'),
            $level === null ? null : $this->covariance(),
            $level ?? 0.0,
            true,
            $hazard,
            $level !== null,
            $level !== null
        );
    }

    // --- value ---

    /**
     * Expected payments of a customer, each discounted: DEL and DERL (Fader & Hardie 2010, Marketing Science 29(1)).
     *
     * @param mixed $survived list<float>|string|Column: renewals behind, 0 for a new customer
     * @param Moment $moment just after a payment that counts, just before a decision, or just after a payment that does not count
     * @param ?int $periods decisions ahead; null for ever
     * @param ?float $annualRate effective annual discount rate, .1 for 10 %
     * @param ?float $rate discount rate per period, instead
     * @return list<float>|string|Column payments of 1; infinite where the sum diverges
     */
    final public function discounted(
        mixed $survived = [0],
        Moment $moment = Moment::Del,
        ?int $periods = null,
        ?float $annualRate = null,
        ?float $rate = null,
        ?Context $context = null,
    ): array|string|Column {
        return $this->worth($survived, $moment, $periods, $this->rate($annualRate, $rate), null, $context)['discounted'];
    }

    /** The same with limits, on the log scale. */
    final public function discountedLimits(
        mixed $survived = [0],
        Moment $moment = Moment::Del,
        ?int $periods = null,
        ?float $annualRate = null,
        ?float $rate = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Limits {
        $result = $this->worth($survived, $moment, $periods, $this->rate($annualRate, $rate), Columns::level($level), $context);
        return new Limits($result['discounted'], $result['low'], $result['high']);
    }

    /** @return array<string, mixed> */
    private function worth(mixed $survived, Moment $moment, ?int $periods, float $d, ?float $level, ?Context $context): array
    {
        return retain_contract_discounted(
            $context?->raw(),
            $this->numbers(),
            Columns::check($survived, 'survived'),
            $moment->value,
            self::ahead($periods),
            $d,
            $level === null ? null : $this->covariance(),
            $level ?? 0.0,
            true,
            $level !== null,
            $level !== null
        );
    }

    /**
     * Expected periods that a customer stays, from now on, the present one included: discounted() at a rate of 0.
     *
     * @return list<float>|string|Column
     */
    final public function lifetime(mixed $survived = [0], ?Context $context = null): array|string|Column
    {
        return $this->discounted($survived, context: $context);
    }

    /**
     * Retention elasticity of that value: by how many percent it rises when every retention rate to come rises by one percent.
     *
     * Parameters are those of discounted().
     *
     * @return list<float>|string|Column
     */
    final public function elasticity(
        mixed $survived = [0],
        Moment $moment = Moment::Del,
        ?int $periods = null,
        ?float $annualRate = null,
        ?float $rate = null,
        ?Context $context = null,
    ): array|string|Column {
        return retain_contract_elasticity(
            $context?->raw(),
            $this->numbers(),
            Columns::check($survived, 'survived'),
            $moment->value,
            self::ahead($periods),
            $this->rate($annualRate, $rate),
            true
        )['elasticity'];
    }

    /**
     * Draws customers from the model.
     *
     * @param mixed $decisions list<float>|string|Column: how many decisions each is observed for
     * @param int $seed any number; the same seed gives the same customers, for any number of threads
     */
    final public function simulate(mixed $decisions, int $seed, ?Context $context = null): Simulation
    {
        $seen = Columns::check($decisions, 'decisions');
        $result = retain_contract_simulate($context?->raw(), $this->numbers(), $seen, $seed, true, true, true);
        return new Simulation($result['periods'], $result['left'], $result['lifetime']);
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python reads
     * it too.
     *
     * @return array<string, mixed>
     */
    final public function toArray(): array
    {
        $parameters = array_map(Stored::number(...), array_combine(static::family()->parameters(), $this->parameters()));
        $more = ['period_days' => $this->periodDays(), 'parameters' => $parameters];
        return Stored::write(static::family()->label(), $more, $this->report());
    }

    /**
     * The model that toArray() was called on, of whichever family; limits are those of the model that was fitted, to the last bit.
     *
     * @param array<string, mixed> $stored
     * @throws ArgumentException for what is missing, unknown or wrong in it, by name
     */
    final public static function fromArray(array $stored): self
    {
        $families = array_column(array_map(static fn (Family $of): array => [$of->label(), $of], Family::cases()), 1, 0);
        [$given, $name] = Stored::open($stored, array_keys($families));
        $family = $families[$name];
        $days = $given->known('period_days');
        $parameters = array_values($given->parameters($family->parameters()));
        [$report] = $given->fit($family->parameters(), $parameters) ?? [null];
        $given->done();
        return $family->model()::make($parameters, $days, $report);
    }

    /**
     * For constructors: parameters are positive and finite, or NaN where a fit had too little data to begin.
     *
     * @internal
     */
    final protected function check(): void
    {
        foreach (array_combine(static::family()->parameters(), $this->parameters()) as $name => $value) {
            Columns::parameter($value, $name);
        }
        Columns::days($this->periodDays(), 'periodDays');
    }

    /** @return list<float> the model as the raw extension takes it */
    private function numbers(): array
    {
        return [(float) static::family()->value, $this->periodDays(), ...$this->parameters()];
    }

    /** @return list<float> row by row */
    private function covariance(): array
    {
        $report = $this->report() ?? throw new ArgumentException('the model was not fitted; there is no telling how sure it is', 1);
        return array_merge(...array_map(array_values(...), array_values($report->covariance)));
    }

    /**
     * Renewals behind, beside so many times: a column of the same kind of zeros, where none is given.
     *
     * @internal
     * @param array<mixed>|string|Column $times
     * @return array<mixed>|string|Column
     */
    final public static function behind(mixed $survived, array|string|Column $times): array|string|Column
    {
        if ($survived !== null) {
            return Columns::check($survived, 'survived');
        }
        $zeros = array_fill(0, Columns::count($times, Columns::FLOAT64), 0.0);
        return match (true) {
            is_string($times) => Columns::pack($zeros, Columns::FLOAT64),
            $times instanceof Column => Column::float64($zeros),
            default => $zeros,
        };
    }

    /**
     * Decisions ahead.
     *
     * @internal
     */
    final public static function ahead(?int $periods): float
    {
        if ($periods !== null && ($periods < 0 || $periods > 2 ** 53)) {
            throw new ArgumentException("periods is $periods; it must lie in [0, 2^53], or be null for ever", 1);
        }
        return $periods === null ? INF : (float) $periods;
    }

    /**
     * Discount rate per period.
     *
     * @internal
     */
    final public function rate(?float $annualRate, ?float $rate): float
    {
        if ($rate !== null && $annualRate !== null) {
            throw new ArgumentException('annualRate and rate are both given; give one of them', 1);
        }
        foreach (['annualRate' => $annualRate, 'rate' => $rate] as $name => $value) {
            if ($value !== null && !($value >= 0.0 && $value < INF)) {
                throw new ArgumentException(sprintf('%s is %.15G; it must be finite and at least 0', $name, $value), 1);
            }
        }
        return $rate ?? retain_contract_discount($annualRate ?? 0.0, $this->periodDays());
    }
}
