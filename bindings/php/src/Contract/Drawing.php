<?php

declare(strict_types=1);

namespace Retain\Contract;

use Retain\Btyd\DrawsReport;
use Retain\Btyd\Prior;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/**
 * How the parameters of contract models are drawn.
 *
 * @internal the methods are those of Model
 */
trait Drawing
{
    /**
     * Draws from the posterior distribution: what is known about the parameters once the customers are seen, given a prior. For any
     * number of customers, even a few of whom none left.
     *
     * @param mixed $periods list<float>|string|Column: as for fit()
     * @param mixed $left list<int>|string|Column
     * @param mixed $weight list<float>|string|Column|null
     * @param int $seed any number; the same one gives the same draws, for any number of threads
     * @param int $draws of each chain, 4 to 10^6
     * @param int $chains 1 to 64
     * @param ?Prior $prior its `parameters` and `centre`; unless given about 1 with a standard deviation of 2; that of c is half as wide
     * @throws ConvergenceException unless the chains agree and are worth enough independent draws; carries `draws`, `model` and `report`
     */
    final public static function posterior(
        mixed $periods,
        mixed $left,
        float $periodDays,
        int $seed,
        mixed $weight = null,
        int $draws = 1000,
        int $chains = 4,
        ?Prior $prior = null,
        ?Context $context = null,
    ): Draws {
        return self::drawn(retain_contract_posterior(
            $context?->raw(),
            static::family()->value,
            Columns::check($periods, 'periods'),
            Columns::check($left, 'left'),
            Columns::checkOptional($weight, 'weight'),
            $periodDays,
            ...[...self::prior($prior), $seed, $chains, $draws, true, true]
        ), $chains);
    }

    /**
     * The same from counts.
     *
     * @param mixed $survivors as for fitCohorts()
     */
    final public static function posteriorCohorts(
        mixed $survivors,
        float $periodDays,
        int $seed,
        int $draws = 1000,
        int $chains = 4,
        ?Prior $prior = null,
        ?Context $context = null,
    ): Draws {
        [$cells, $cohorts] = self::cells($survivors);
        return self::drawn(retain_contract_posterior_cohorts(
            $context?->raw(),
            static::family()->value,
            $cells,
            $cohorts,
            $periodDays,
            ...[...self::prior($prior), $seed, $chains, $draws, true, true]
        ), $chains);
    }

    /**
     * Draws by the bootstrap: what fits to other customers of the same kind would find. Right also where the model is not quite true.
     *
     * @param mixed $periods list<float>|string|Column: as for fit()
     * @param mixed $left list<int>|string|Column
     * @param mixed $weight list<float>|string|Column|null
     * @param int $draws number of refits, 1 to 10^6: 200 for a standard deviation, 1000 for limits
     * @throws ConvergenceException when more than 1 of 20 refits found no interior maximum; carries `draws`, `model` and `report`
     */
    final public static function bootstrap(
        mixed $periods,
        mixed $left,
        float $periodDays,
        int $seed,
        mixed $weight = null,
        int $draws = 1000,
        ?Context $context = null,
    ): Draws {
        return self::drawn(retain_contract_bootstrap(
            $context?->raw(),
            static::family()->value,
            Columns::check($periods, 'periods'),
            Columns::check($left, 'left'),
            Columns::checkOptional($weight, 'weight'),
            $periodDays,
            $seed,
            $draws,
            true,
            true
        ), 0);
    }

    /**
     * The same from counts.
     *
     * @param mixed $survivors as for fitCohorts()
     */
    final public static function bootstrapCohorts(
        mixed $survivors,
        float $periodDays,
        int $seed,
        int $draws = 1000,
        ?Context $context = null,
    ): Draws {
        [$cells, $cohorts] = self::cells($survivors);
        return self::drawn(retain_contract_bootstrap_cohorts(
            $context?->raw(),
            static::family()->value,
            $cells,
            $cohorts,
            $periodDays,
            $seed,
            $draws,
            true,
            true
        ), 0);
    }

    /** @return array{float, ?list<float>} */
    private static function prior(?Prior $prior): array
    {
        if ($prior !== null && $prior->coefficients > 0.0) {
            throw new ArgumentException('prior.coefficients is given; contract models have no coefficients', 1);
        }
        return [$prior->parameters ?? 0.0, $prior?->centreOf(static::family()->parameters())];
    }

    /** @param array<string, mixed> $result */
    private static function drawn(array $result, int $chains): Draws
    {
        $numbers = Columns::list($result['model'], Columns::FLOAT64);
        $model = static::make(array_slice($numbers, 2), $numbers[1], null);
        $report = DrawsReport::of($result['record']);
        $draws = new Draws($model, $result['values'], $chains, $report);
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
