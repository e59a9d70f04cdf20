<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Clv;
use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;
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
    /** @var array<string, array{purchase: float, lifetime: float}> coefficients by name; not set where there are none */
    protected array $coefficients;

    abstract public static function family(): Family;

    /** @return list<float> in the order of Family::parameters() */
    abstract public function parameters(): array;

    abstract public function unitDays(): float;

    /** @param list<float> $parameters */
    abstract protected static function make(array $parameters, float $unitDays, ?FitReport $report): static;

    /**
     * Fits the family to customers by maximum likelihood: a safeguarded Newton method on the logarithms of the parameters.
     *
     * @param Customers|Histories $customers `weight` counts identical customers; `spend` is not read. Histories, whose covariates change
     *        with time and are all in the fit under their names, are for ParetoNbd
     * @param int $iterations most Newton steps
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @param list<string> $covariates names of the customers' covariates that tell them apart; predictions read the same ones
     * @param ?list<string> $purchase which of them enter the purchase process; null: all
     * @param ?list<string> $lifetime which of them enter the lifetime process; null: all
     * @param list<string> $equal which of them have one coefficient in both processes
     * @param array<string, float> $fixed values at which entries are held: ['r' => .5, 'purchase[channel]' => .2]
     * @param ?Prior $prior for few customers
     * @throws ConvergenceException unless the maximum is in the interior and identified; `model` and `report` say how far the
     *                              fit came (parameters are NaN when there is too little data to begin)
     */
    public static function fit(
        Customers|Histories $customers,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
        array $covariates = [],
        ?array $purchase = null,
        ?array $lifetime = null,
        array $equal = [],
        array $fixed = [],
        ?Prior $prior = null,
    ): static {
        return static::fitWith($customers, $iterations, $level, 0, $context, $covariates, $purchase, $lifetime, $equal, $fixed, $prior);
    }

    /** @internal */
    final protected static function fitWith(
        Customers|Histories $customers,
        int $iterations,
        float $level,
        int $k,
        ?Context $context,
        array $covariates,
        ?array $purchase,
        ?array $lifetime,
        array $equal,
        array $fixed,
        ?Prior $prior,
    ): static {
        $parameters = static::family()->parameters();
        if ($customers instanceof Histories && (static::family() !== Family::ParetoNbd || $covariates !== [])) {
            throw new ArgumentException('covariates that change with time are for ParetoNbd, and named by the histories', 1);
        }
        $covariates = $customers instanceof Histories ? $customers->covariates() : array_values($covariates);
        $entries = self::entries($covariates);
        $options = [
            ...self::extras($covariates, $purchase, $lifetime, $equal, $fixed, $prior),
            Columns::positiveInt($iterations, 'iterations'),
            Columns::level($level),
        ];
        $result = $customers instanceof Histories
            ? retain_btyd_dynamic_fit($context?->raw(), ...[...$customers->past(), ...$options, true])
            : retain_btyd_fit(
                $context?->raw(),
                static::family()->value,
                $customers->frequency,
                $customers->t_x,
                $customers->T,
                $customers->weight,
                $customers->logGaps,
                $customers->unitDays,
                ...[$customers->stack($covariates), count($covariates), ...$options, $k, true]
            );
        $numbers = Columns::list($result['model'], Columns::FLOAT64);
        $report = FitReport::of($result['record'], $entries);
        $stages = is_subclass_of(static::class, RegularModel::class) ? array_slice($numbers, -1) : [];
        $model = static::make([...array_slice($numbers, 2, count($parameters)), ...$stages], $numbers[1], $report);
        $coefficients = array_chunk(array_slice($numbers, 2 + count($parameters)), max(1, count($covariates)));
        foreach ($covariates as $place => $name) {
            $found[$name] = ['purchase' => $coefficients[0][$place], 'lifetime' => $coefficients[1][$place]];
        }
        $model->coefficients = $found ?? [];
        return $result['record']['status'] === 0 ? $model : throw FitReport::refuse($result['record'], $model, $report);
    }

    /**
     * Draws from the posterior distribution: what is known about the parameters once the customers are seen, given a prior. For any
     * number of customers, even a few of whom none returned.
     *
     * @param int $seed any number; the same one gives the same draws, for any number of threads
     * @param int $draws of each chain, 4 to 10^6
     * @param int $chains 1 to 64
     * @param ?Prior $prior must be proper: where it says 0, or nothing, the standard deviations are 2 for parameters and 1 for
     *                      coefficients
     * @param list<string> $covariates as for fit(), like the others
     * @param ?list<string> $purchase
     * @param ?list<string> $lifetime
     * @param list<string> $equal
     * @param array<string, float> $fixed
     * @throws ConvergenceException unless the chains agree and are worth enough independent draws; carries `draws` and `model`
     */
    final public static function posterior(
        Customers $customers,
        int $seed,
        int $draws = 1000,
        int $chains = 4,
        ?Prior $prior = null,
        ?Context $context = null,
        array $covariates = [],
        ?array $purchase = null,
        ?array $lifetime = null,
        array $equal = [],
        array $fixed = [],
    ): Draws {
        $covariates = array_values($covariates);
        $asked = [
            ...self::columns($customers, $covariates),
            ...self::extras($covariates, $purchase, $lifetime, $equal, $fixed, $prior),
        ];
        $result = retain_btyd_posterior($context?->raw(), ...[...$asked, 200, 0, $seed, $chains, $draws, true, true]);
        return self::drawn($result, $covariates, $chains);
    }

    /**
     * Draws by the bootstrap: what fits to other customers of the same kind would find. Right also where the model is not quite true.
     *
     * @param int $seed any number; the same one gives the same draws, for any number of threads
     * @param int $draws number of refits, 1 to 10^6: 200 for a standard deviation, 1000 for limits
     * @param list<string> $covariates as for fit(), like the others
     * @param ?list<string> $purchase
     * @param ?list<string> $lifetime
     * @param list<string> $equal
     * @param array<string, float> $fixed
     * @throws ConvergenceException when more than 1 of 20 refits found no interior maximum; carries `draws` and `model`
     */
    final public static function bootstrap(
        Customers $customers,
        int $seed,
        int $draws = 1000,
        ?Prior $prior = null,
        ?Context $context = null,
        array $covariates = [],
        ?array $purchase = null,
        ?array $lifetime = null,
        array $equal = [],
        array $fixed = [],
    ): Draws {
        $covariates = array_values($covariates);
        $asked = [
            ...self::columns($customers, $covariates),
            ...self::extras($covariates, $purchase, $lifetime, $equal, $fixed, $prior),
        ];
        $result = retain_btyd_bootstrap($context?->raw(), ...[...$asked, 200, 0, $seed, $draws, true, true]);
        return self::drawn($result, $covariates, 0);
    }

    /** Draws from the normal distribution that the delta method supposes; the model must come from a fit that identifies all. */
    final public function normal(int $seed, int $draws = 1000): Draws
    {
        $covariance = $this->covariance()
            ?? throw new ArgumentException('the model has no report of a fit, and so no covariance', 1);
        $values = retain_btyd_normal(null, $this->numbers(), $covariance, $seed, $draws, true)['values'];
        return new Draws($this, self::entries(array_keys($this->covariates())), $values, 0, null);
    }

    /**
     * @param array<string, mixed> $result
     * @param list<string> $covariates
     */
    private static function drawn(array $result, array $covariates, int $chains): Draws
    {
        $numbers = Columns::list($result['model'], Columns::FLOAT64);
        $n = count(static::family()->parameters());
        $stages = is_subclass_of(static::class, RegularModel::class) ? array_slice($numbers, -1) : [];
        $model = static::make([...array_slice($numbers, 2, $n), ...$stages], $numbers[1], null);
        $coefficients = array_chunk(array_slice($numbers, 2 + $n), max(1, count($covariates)));
        foreach ($covariates as $place => $name) {
            $found[$name] = ['purchase' => $coefficients[0][$place], 'lifetime' => $coefficients[1][$place]];
        }
        $model->coefficients = $found ?? [];
        $report = DrawsReport::of($result['record']);
        $draws = new Draws($model, self::entries($covariates), $result['values'], $chains, $report);
        if ($result['record']['status'] === 0) {
            return $draws;
        }
        $exception = new ConvergenceException($report->explanation, $result['record']['status']);
        $exception->model = $model;
        $exception->draws = $draws;
        throw $exception;
    }

    /**
     * @param list<string> $covariates
     * @return list<string>
     */
    private static function entries(array $covariates): array
    {
        return [
            ...static::family()->parameters(),
            ...array_map(static fn (string $name): string => "purchase[$name]", $covariates),
            ...array_map(static fn (string $name): string => "lifetime[$name]", $covariates),
        ];
    }

    /**
     * What every fit is told beside the customers, as the raw extension takes it.
     *
     * @param list<string> $covariates
     * @param ?list<string> $purchase
     * @param ?list<string> $lifetime
     * @param list<string> $equal
     * @param array<string, float> $fixed
     * @return list<mixed>
     */
    private static function extras(
        array $covariates,
        ?array $purchase,
        ?array $lifetime,
        array $equal,
        array $fixed,
        ?Prior $prior,
    ): array {
        $prior ??= new Prior();
        return [
            $purchase === null ? null : self::flags($purchase, 'purchase', $covariates),
            $lifetime === null ? null : self::flags($lifetime, 'lifetime', $covariates),
            $equal === [] ? null : self::flags($equal, 'equal', $covariates),
            self::held($fixed, self::entries($covariates)),
            $prior->parameters,
            $prior->coefficients,
            $prior->centreOf(static::family()->parameters()),
        ];
    }

    /**
     * Customers as draws hand them to the raw extension.
     *
     * @param list<string> $covariates
     * @return list<mixed>
     */
    private static function columns(Customers $customers, array $covariates): array
    {
        return [
            static::family()->value,
            $customers->frequency,
            $customers->t_x,
            $customers->T,
            $customers->weight,
            $customers->logGaps,
            $customers->unitDays,
            $customers->stack($covariates),
            count($covariates),
        ];
    }

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
        Customers $customers,
        float $t = INF,
        ?float $delta = null,
        ?float $annualRate = null,
        ?Context $context = null,
    ): array|string|Column {
        if (($delta === null) === ($annualRate === null)) {
            throw new ArgumentException('give either delta or annualRate: the discount', 1);
        }
        $delta ??= Clv::delta($annualRate, $this->unitDays());
        return retain_btyd_discounted($context?->raw(), ...[...$this->inputs($customers), $t, $delta, true])['discounted'];
    }

    /**
     * Answers a question about every customer: windows that begin later, counts, the next order, mean rates.
     *
     * @return list<float>|string|Column
     */
    final public function forecast(Customers $customers, Question $question, ?Context $context = null): array|string|Column
    {
        return retain_btyd_forecast($context?->raw(), ...[...$this->inputs($customers), ...$question->numbers(), true])['values'];
    }

    /**
     * The same with limits from the uncertainty of the parameters, by the delta method; the model must come from a fit.
     *
     * @param float $level two-sided, in (0, 1)
     */
    final public function interval(
        Customers $customers,
        Question $question,
        float $level = 0.95,
        ?Context $context = null,
    ): Interval {
        $inputs = $this->inputs($customers);
        $result = retain_btyd_interval(
            $context?->raw(),
            $inputs[0],
            $this->covariance() ?? throw new ArgumentException('the model has no report of a fit, and so no covariance', 1),
            ...[...array_slice($inputs, 1), ...$question->numbers(), Columns::level($level), true, true, true]
        );
        return new Interval($result['values'], $result['low'], $result['high']);
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
        Customers $customers,
        Question $question,
        mixed $worth = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Total {
        [$model, $frequency, $t_x, $T, $unitDays, $stacked] = $this->inputs($customers);
        $sum = retain_btyd_total(
            $context?->raw(),
            $model,
            $this->covariance(),
            $frequency,
            $t_x,
            $T,
            $customers->weight,
            $unitDays,
            ...[$stacked, ...$question->numbers(), $worth, Columns::level($level)]
        )['record'];
        return new Total(
            $sum['value'],
            $sum['standard_error'],
            $sum['low'],
            $sum['high'],
            $sum['variance'],
            $sum['least'],
            $sum['most'],
        );
    }

    /**
     * The distribution of each customer's occasions in (T + since, T + since + t].
     *
     * @param int $most the largest count asked for
     * @return list<float>|string|Column P(Y = n) for n = 0 ... most, as many numbers a customer
     */
    final public function distribution(
        Customers $customers,
        float $t,
        int $most,
        float $since = 0.0,
        ?Context $context = null,
    ): array|string|Column {
        $result = retain_btyd_distribution(
            $context?->raw(),
            ...[...$this->inputs($customers), $since, $since + $t, $most < PHP_INT_MAX ? $most + 1 : $most, true]
        );
        return $result['probabilities'];
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
     * Family, unit and parameters: what to store.
     *
     * @return array<string, mixed>
     */
    final public function toArray(): array
    {
        $stored = ['family' => static::family()->name, 'unitDays' => $this->unitDays()]
            + array_combine(static::family()->parameters(), $this->parameters())
            + ($this instanceof RegularModel ? ['k' => $this->k()] : []);
        return $this->covariates() === [] ? $stored : $stored + ['covariates' => $this->covariates()];
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
                'purchase' => (float) ($of['purchase'] ?? 0.0),
                'lifetime' => (float) ($of['lifetime'] ?? 0.0),
            ];
        }
        $model->coefficients = $coefficients;
        return $model;
    }

    /**
     * The model that toArray() was called on, of whichever family.
     *
     * @param array<string, mixed> $stored
     */
    final public static function fromArray(array $stored): self
    {
        foreach (Family::cases() as $family) {
            if ($family->name === ($stored['family'] ?? null)) {
                $names = ['unitDays', ...$family->parameters()];
                if (is_subclass_of($family->model(), RegularModel::class)) {
                    $names[] = 'k';
                }
                foreach ($names as $name) {
                    if (!is_int($stored[$name] ?? null) && !is_float($stored[$name] ?? null)) {
                        throw new ArgumentException("$name is missing, or no number, in the stored model", 1);
                    }
                }
                $numbers = array_map(static fn (string $name): float => (float) $stored[$name], $names);
                return $family->model()::make(array_slice($numbers, 1), $numbers[0], null)
                    ->withCovariates($stored['covariates'] ?? []);
            }
        }
        throw new ArgumentException('family is missing in the stored model, or unknown', 1);
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
        $values = array_map(static fn (string $name): float => (float) $covariates[$name], $names);
        return retain_btyd_given(null, $this->numbers(), $values, true)['given'];
    }

    /**
     * @param array<string> $given
     * @param list<string> $covariates
     * @return list<int>
     */
    private static function flags(array $given, string $what, array $covariates): array
    {
        foreach (array_diff($given, $covariates) as $name) {
            throw new ArgumentException(
                "$what names '$name', which is none of the covariates (" . (implode(', ', $covariates) ?: 'there are none') . ')',
                1
            );
        }
        return array_map(static fn (string $name): int => in_array($name, $given, true) ? 1 : 0, $covariates);
    }

    /**
     * @param array<string, float> $fixed
     * @param list<string> $entries
     * @return ?list<float>
     */
    private static function held(array $fixed, array $entries): ?array
    {
        foreach (array_diff(array_keys($fixed), $entries) as $name) {
            throw new ArgumentException("fixed names '$name'; the entries are " . implode(', ', $entries), 1);
        }
        return $fixed === [] ? null : array_map(static fn (string $name): float => (float) ($fixed[$name] ?? NAN), $entries);
    }

    /** @return list<float> the k of families of regular customers */
    private function stages(): array
    {
        return $this instanceof RegularModel ? [(float) $this->k()] : [];
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
        Columns::positive($this->unitDays(), 'unitDays');
    }

    /** @return ?list<float> of the parameters, row by row; null without a fit */
    private function covariance(): ?array
    {
        $report = $this->report ?? null;
        return $report === null ? null : array_merge(...array_map('array_values', array_values($report->covariance)));
    }

    private function time(?float $t, ?float $days): float
    {
        if (($t === null) === ($days === null)) {
            throw new ArgumentException('give either t, in units of ' . $this->unitDays() . ' days, or days', 1);
        }
        if ($t === null && !($days >= 0.0 && $days < INF)) {
            throw new ArgumentException(sprintf('days is %.17G; it must be finite and at least 0', $days), 1);
        }
        return $t ?? $days / $this->unitDays();
    }
}
