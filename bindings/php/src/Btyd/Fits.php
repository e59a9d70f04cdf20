<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Columns;
use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\FitReport;

/**
 * How models come to be: fits, and draws of their parameters.
 *
 * @internal the methods are those of Model
 */
trait Fits
{
    /**
     * Fits the family to customers by maximum likelihood: a safeguarded Newton method on the logarithms of the parameters.
     *
     * @param Customers|Histories $customers `weight` counts identical customers; `spend` is not read. Histories, whose covariates change
     *        with time and are all in the fit under their names, are for ParetoNbd. Families of regular customers read `logGaps`
     * @param int $iterations most Newton steps (for each k that is tried)
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @param mixed ...$terms by name: `covariates`, `purchase`, `lifetime`, `equal`, `fixed`, `prior` and `k`, as Terms describes them
     * @throws ConvergenceException unless the maximum is in the interior and identified; `model` and `report` say how far the
     *                              fit came (parameters are NaN when there is too little data to begin)
     */
    final public static function fit(
        Customers|Histories $customers,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
        mixed ...$terms,
    ): static {
        $asked = Terms::asked(static::family(), $customers, $terms);
        $options = [Columns::positiveInt($iterations, 'iterations'), Columns::level($level)];
        $result = $asked->naming(static fn (): array => $customers instanceof Histories
            ? retain_btyd_dynamic_fit($context?->raw(), ...[...$customers->past(), ...$asked->raw, ...$options, true])
            : retain_btyd_fit(
                $context?->raw(),
                ...[...$asked->columns($customers), ...$asked->raw, ...$options, $asked->k, true]
            ));
        $report = FitReport::of($result['record'], $asked->entries, $level);
        $model = self::found($result['model'], $asked, $report);
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
     * @param mixed ...$terms by name, as for fit()
     * @throws ConvergenceException unless the chains agree and are worth enough independent draws; carries `draws`, `model` and `report`
     */
    final public static function posterior(
        Customers $customers,
        int $seed,
        int $draws = 1000,
        int $chains = 4,
        ?Prior $prior = null,
        ?Context $context = null,
        mixed ...$terms,
    ): Draws {
        $asked = Terms::asked(static::family(), $customers, [...$terms, 'prior' => $prior]);
        $given = [...$asked->columns($customers), ...$asked->raw, 200, $asked->k];
        $draw = static fn (): array => retain_btyd_posterior($context?->raw(), ...[...$given, $seed, $chains, $draws, true, true]);
        return self::drawn($asked->naming($draw), $asked, $chains);
    }

    /**
     * Draws by the bootstrap: what fits to other customers of the same kind would find. Right also where the model is not quite true.
     *
     * @param int $seed any number; the same one gives the same draws, for any number of threads
     * @param int $draws number of refits, 1 to 10^6: 200 for a standard deviation, 1000 for limits
     * @param mixed ...$terms by name, as for fit()
     * @throws ConvergenceException when more than 1 of 20 refits found no interior maximum; carries `draws`, `model` and `report`
     */
    final public static function bootstrap(
        Customers $customers,
        int $seed,
        int $draws = 1000,
        ?Prior $prior = null,
        ?Context $context = null,
        mixed ...$terms,
    ): Draws {
        $asked = Terms::asked(static::family(), $customers, [...$terms, 'prior' => $prior]);
        $given = [...$asked->columns($customers), ...$asked->raw, 200, $asked->k];
        $draw = static fn (): array => retain_btyd_bootstrap($context?->raw(), ...[...$given, $seed, $draws, true, true]);
        return self::drawn($asked->naming($draw), $asked, 0);
    }

    /** Draws from the normal distribution that the delta method supposes; the model must come from a fit that identifies all. */
    final public function normal(int $seed, int $draws = 1000): Draws
    {
        $covariance = $this->covariance()
            ?? throw new ArgumentException('the model has no report of a fit, and so no covariance', 1);
        $values = retain_btyd_normal(null, $this->numbers(), $covariance, $seed, $draws, true)['values'];
        return new Draws($this, Terms::entries(static::family(), array_keys($this->covariates())), $values, 0, null);
    }

    /**
     * A model without covariates as the raw extension gives it.
     *
     * @internal
     * @param list<float> $numbers
     */
    final public static function restore(array $numbers, FitReport $report): static
    {
        return static::make(array_slice($numbers, 2), $numbers[1], $report);
    }

    /** The model as the raw extension gives it. */
    private static function found(mixed $raw, Terms $asked, ?FitReport $report): static
    {
        $numbers = Columns::list($raw, Columns::FLOAT64);
        $n = count(static::family()->parameters());
        $stages = is_subclass_of(static::class, RegularModel::class) ? array_slice($numbers, -1) : [];
        $model = static::make([...array_slice($numbers, 2, $n), ...$stages], $numbers[1], $report);
        $coefficients = array_chunk(array_slice($numbers, 2 + $n), max(1, count($asked->covariates)));
        foreach ($asked->covariates as $place => $name) {
            $found[$name] = ['purchase' => $coefficients[0][$place], 'lifetime' => $coefficients[1][$place]];
        }
        $model->coefficients = $found ?? [];
        return $model;
    }

    /** @param array<string, mixed> $result */
    private static function drawn(array $result, Terms $asked, int $chains): Draws
    {
        $model = self::found($result['model'], $asked, null);
        $report = DrawsReport::of($result['record']);
        $draws = new Draws($model, $asked->entries, $result['values'], $chains, $report);
        if ($result['record']['status'] === 0) {
            return $draws;
        }
        $exception = new ConvergenceException($report->explanation, $result['record']['status']);
        $exception->model = $model;
        $exception->report = $report;
        $exception->draws = $draws;
        throw $exception;
    }
}
