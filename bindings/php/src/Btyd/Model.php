<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Columns;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\FitReport;
use Retain\Stored;
use Retain\Value;

/**
 * Buy till you die: how often will each customer still buy, and is the customer still there at all?
 *
 * In a shop nobody resigns: a customer who has not bought for a year may have left, or may be slow. These models tell how likely
 * each is, from x repeat occasions, the last of them at age t_x, observed until age T. While alive a customer buys at random at
 * a personal rate lambda ~ Gamma(r, alpha); families differ in how customers leave: ParetoNbd, BgNbd, MbgNbd, GgNbd, Nbd (never).
 * BgBb counts opportunities instead of time; customers of BgCnbd and MbgCnbd buy regularly.
 *
 *     $model = ParetoNbd::fit($customers);
 *     $alive = $model->alive($customers);
 *     $orders = $model->orders($customers, days: 90);
 *
 * A model is a plain value: store toArray(), get it back with fromArray(). Its unit of time is `unitDays` days, and customers in
 * another unit are refused. Results come in the kind of the customers' columns. All methods throw a DataException for a row that
 * breaks the rules of Customers, and an ArgumentException for parameters that are not positive and finite.
 */
abstract readonly class Model extends Value
{
    use Cohorts;
    use Fits;
    use Forecasts;

    /** @var array<string, array{purchase: float, lifetime: float}> coefficients by name; not set where there are none */
    protected array $coefficients;

    abstract public static function family(): Family;

    /** @return list<float> in the order of Family::parameters() */
    abstract public function parameters(): array;

    abstract public function unitDays(): float;

    /** @param list<float> $parameters */
    abstract protected static function make(array $parameters, float $unitDays, ?FitReport $report): static;

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python reads
     * it too.
     *
     * @return array<string, mixed>
     */
    final public function toArray(): array
    {
        $covariates = [];
        foreach ($this->covariates() as $name => $of) {
            $covariates[] = ['name' => (string) $name, ...array_map(Stored::number(...), $of)];
        }
        $more = [
            'unit_days' => $this->unitDays(),
            'parameters' => array_map(Stored::number(...), array_combine(static::family()->parameters(), $this->parameters())),
            'covariates' => $covariates,
        ];
        return Stored::write(
            static::family()->label(),
            $more + ($this instanceof RegularModel ? ['k' => $this->k()] : []),
            $this->report ?? null
        );
    }

    /**
     * Coefficients by name of the covariate: a positive one means more purchases, or leaving faster.
     *
     * @return array<string, array{purchase: float, lifetime: float}>
     */
    final public function covariates(): array
    {
        return $this->coefficients ?? [];
    }

    /**
     * The same model with other covariates: ['channel' => ['purchase' => .3, 'lifetime' => -.1]].
     *
     * @param array<string, array{purchase?: float, lifetime?: float}> $covariates
     */
    final public function withCovariates(array $covariates): static
    {
        $model = static::make([...$this->parameters(), ...$this->stages()], $this->unitDays(), null);
        $coefficients = [];
        foreach ($covariates as $name => $of) {
            if (!is_array($of) || array_diff(array_keys($of), ['purchase', 'lifetime']) !== []) {
                throw new ArgumentException(
                    "covariates['$name'] must be an array such as ['purchase' => .3, 'lifetime' => -.1]",
                    1
                );
            }
            $coefficients[(string) $name] = [
                'purchase' => Columns::number($of['purchase'] ?? 0.0, "covariates['$name']['purchase']"),
                'lifetime' => Columns::number($of['lifetime'] ?? 0.0, "covariates['$name']['lifetime']"),
            ];
            self::refuseLifetime(static::family(), "covariates['$name']['lifetime']", $coefficients[(string) $name]['lifetime']);
        }
        $model->coefficients = $coefficients;
        return $model;
    }

    /** Nobody leaves under NBD, so no covariate has an effect on leaving. */
    private static function refuseLifetime(Family $family, string $name, float $lifetime): void
    {
        if ($family === Family::Nbd && $lifetime !== 0.0) {
            throw new ArgumentException(sprintf('%s is %.15G; it must be 0: NBD has no lifetime process', $name, $lifetime), 1);
        }
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
        $days = $given->known('unit_days');
        $numbers = array_values($given->parameters($family->parameters()));
        $stages = is_subclass_of($family->model(), RegularModel::class) ? [$given->whole('k')] : [];
        $coefficients = [];
        foreach ($given->parts('covariates') as $place => $part) {
            $covariate = $part->text('name');
            if (isset($coefficients[$covariate])) {
                throw new ArgumentException("covariates[$place].name is '$covariate', and so is another's", 1);
            }
            $coefficients[$covariate] = ['purchase' => $part->parameter('purchase'), 'lifetime' => $part->parameter('lifetime')];
            self::refuseLifetime($family, "covariates[$place].lifetime", $coefficients[$covariate]['lifetime']);
            $part->done();
        }
        $estimate = [...$numbers, ...array_column($coefficients, 'purchase'), ...array_column($coefficients, 'lifetime')];
        $entries = Terms::entries($family, array_map(strval(...), array_keys($coefficients)));
        [$report] = $given->fit($entries, $estimate) ?? [null];
        $given->done();
        $model = $family->model()::make([...$numbers, ...$stages], $days, $report);
        $model->coefficients = $coefficients;
        return $model;
    }

    /**
     * The model as the raw extension takes it.
     *
     * @internal
     * @return list<float>
     */
    final public function numbers(): array
    {
        return [
            (float) static::family()->value,
            $this->unitDays(),
            ...$this->parameters(),
            ...array_values(array_column($this->covariates(), 'purchase')),
            ...array_values(array_column($this->covariates(), 'lifetime')),
            ...$this->stages(),
        ];
    }

    /**
     * Model and customers as the raw extension takes them.
     *
     * @internal
     * @return list<mixed>
     */
    final public function inputs(Customers|Histories $customers): array
    {
        if ($customers instanceof Histories) {
            return $customers->inputs($this);
        }
        $stacked = $customers->stack(array_keys($this->covariates()));
        return [$this->numbers(), $customers->frequency, $customers->t_x, $customers->T, $customers->unitDays, $stacked];
    }

    /** The raw function for customers of this kind. */
    private static function raw(string $what, Customers|Histories $customers): callable
    {
        return $customers instanceof Histories ? "retain_btyd_dynamic_$what" : "retain_btyd_$what";
    }

    /** @return list<float> the k of families of regular customers */
    private function stages(): array
    {
        return $this instanceof RegularModel ? [(float) $this->k()] : [];
    }

    /**
     * For constructors: parameters are positive and finite, or NaN where a fit had too little data to begin.
     *
     * @internal
     */
    protected function check(): void
    {
        foreach (array_combine(static::family()->parameters(), $this->parameters()) as $name => $value) {
            Columns::parameter($value, $name);
        }
        Columns::days($this->unitDays(), 'unitDays');
    }

    /** @return ?list<float> of the parameters, row by row; null without a fit */
    private function covariance(): ?array
    {
        $report = $this->report ?? null;
        return $report === null ? null : array_merge(...array_map('array_values', array_values($report->covariance)));
    }
}
