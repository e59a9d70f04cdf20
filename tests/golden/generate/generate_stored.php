<?php

/*
 * Models as PHP stores them, fitted to the shop of the examples, and what they foretell: tests/golden/stored/php.json.
 *
 *     php -d extension=build/bindings/bindings/php/retain.so tests/golden/generate/generate_stored.php
 *
 * Python must read them and foretell the same; generate_stored.py is the other way round.
 */

declare(strict_types=1);

use Retain\Accelerated;
use Retain\Boosting;
use Retain\Btyd\BgBb;
use Retain\Btyd\BgCnbd;
use Retain\Btyd\BgNbd;
use Retain\Btyd\GgNbd;
use Retain\Btyd\Histories;
use Retain\Btyd\MbgCnbd;
use Retain\Btyd\MbgNbd;
use Retain\Btyd\Nbd;
use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Prior;
use Retain\Btyd\Question;
use Retain\Btyd\Seasons;
use Retain\Columns;
use Retain\Contract\Bdw;
use Retain\Contract\Sbg;
use Retain\Cox;
use Retain\Customers;
use Retain\Exception\ConvergenceException;
use Retain\Logistic;
use Retain\Orders;
use Retain\Predictors;
use Retain\Spend\GammaGamma;
use Retain\Spend\GammaGammaOrders;
use Retain\Spend\LogNormal;
use Retain\Spend\OrderValues;

require __DIR__ . '/../../../bindings/php/autoload.php';

const ROOT = __DIR__ . '/../../..';

/** The model, wherever its fit ended. */
function fitted(callable $call): mixed
{
    try {
        return $call();
    } catch (ConvergenceException $exception) {
        return $exception->model;
    }
}

$columns = [[], [], []];
$file = fopen('compress.zlib://' . ROOT . '/examples/data/cdnow.csv.gz', 'r');
fgetcsv($file);
while ([$id, $date, , $dollars] = fgetcsv($file)) {
    if ((int) $id % 8 === 0) {
        array_push($columns[0], (int) $id);
        array_push($columns[1], $date);
        array_push($columns[2], (float) $dollars);
    }
}
$orders = new Orders(...$columns);
$customers = $orders->summary('1998-06-30', unitDays: 7, logGaps: true);
$east = static fn (int $id): float => $id % 16 === 0 ? 1.0 : 0.0;
$customers = new Customers(
    $customers->frequency,
    $customers->t_x,
    $customers->T,
    7.0,
    spend: $customers->spend,
    covariates: ['east' => array_map($east, Columns::list($customers->id, Columns::INT64))],
    logGaps: $customers->logGaps,
);
$asked = new Customers([2.0, 0.0, 5.0], [30.43, 0.0, 12.0], [38.86, 38.86, 38.0], 7.0, covariates: ['east' => [1.0, 0.0, 1.0]]);

$cases = [];
$add = static function (string $name, object $model, array $answers) use (&$cases): void {
    $cases[] = ['name' => $name, 'stored' => $model->toArray(), 'answers' => Columns::forJson($answers)];
};
$limits = static function (object $model, Customers $asked, float $t): array {
    $found = $model->interval($asked, Question::orders($t), 0.9);
    return ['value' => $found->value, 'low' => $found->low, 'high' => $found->high];
};

$families = ['ParetoNBD' => ParetoNbd::class, 'BGNBD' => BgNbd::class, 'MBGNBD' => MbgNbd::class, 'NBD' => Nbd::class,
    'GGNBD' => GgNbd::class, 'BGCNBD' => BgCnbd::class, 'MBGCNBD' => MbgCnbd::class];
foreach ($families as $name => $class) {
    $model = fitted(static fn () => $class::fit($customers));
    $add($name, $model, $limits($model, $asked, 13.0));
}
$model = fitted(static fn () => BgNbd::fit($customers, level: 0.8, covariates: ['east'], prior: new Prior(coefficients: 1.0)));
$add('covariates', $model, $limits($model, $asked, 13.0));
$donors = (new BgBb(1.2, 0.75, 0.66, 2.78, 365.25))->simulate(array_fill(0, 5000, 6.0), 0.0, 1)->customers;
$model = fitted(static fn () => BgBb::fit($donors));
$add('BGBB', $model, $limits($model, new Customers([4.0, 0.0], [5.0, 0.0], [6.0, 6.0], 365.25), 10.0));
$immortal = (new Nbd(0.6, 9.0, 7.0))->simulate(array_fill(0, 2000, 52.0), 0.0, 1)->customers;
$model = fitted(static fn () => BgNbd::fit($immortal));
$add('open', $model, $limits($model, $asked, 13.0));
$seasons = Seasons::holidays('1997-01-01', '1999-12-31', ['december' => [['1997-12-01', '1997-12-26']]]);
$model = fitted(static fn () => ParetoNbd::fit(Histories::of($orders, '1998-06-30', unitDays: 7, seasons: $seasons), lifetime: []));
$add('seasons', $model, ['purchase' => [$model->covariates()['december']['purchase']]]);
$model = new BgNbd(0.25, 4.4, 0.8, 2.4, 7.0);
$add('known', $model, ['value' => $model->orders($asked, t: 13.0)]);
foreach (['SBG' => Sbg::class, 'BdW' => Bdw::class] as $name => $class) {
    $model = fitted(static fn () => $class::fitCohorts([1000, 869, 743, 653, 593, 551, 517, 491], periodDays: 365.25));
    $found = $model->survivalLimits([8.0, 12.0]);
    $add($name, $model, ['survival' => $found->value, 'low' => $found->low, 'high' => $found->high]);
}
$model = fitted(static fn () => GammaGamma::fit($customers));
$found = $model->interval(new Customers([2.0, 0.0], [1.0, 0.0], [1.0, 1.0], 7.0, spend: [50.0, NAN]));
$add('GammaGamma', $model, ['expected_spend' => $found['expected'], 'low' => $found['low'], 'high' => $found['high']]);
$values = OrderValues::of($orders, '1998-06-30');
foreach (['GammaGammaOrders' => GammaGammaOrders::class, 'LogNormalSpend' => LogNormal::class] as $name => $class) {
    $model = fitted(static fn () => $class::fit($values, dependsOnFrequency: true));
    $found = $model->interval(new OrderValues([3.0, 1.0], [20.0, 80.0], [2.9, 4.3], [0.5, 0.0], [4.0, 1.0]));
    $add($name, $model, ['expected_spend' => $found['expected'], 'low' => $found['low'], 'high' => $found['high']]);
}

// Regressions, each asked about the same four customers.
$months = [2, 3, 5, 6, 8, 9, 11, 12, 4, 7];
$left = [1, 1, 1, 0, 1, 1, 0, 0, 1, 1];
$known = new Predictors(['tickets' => [3.0, 1, 2, 0, 1, 2, 0, 0, 1, 1], 'plan' => [0.0, 1, 0, 1, 0, 1, 1, 0, 1, 0]]);
$others = new Predictors(['tickets' => [0.0, 1, 2, 3], 'plan' => [1.0, 0, 1, 0]]);
$model = Cox::fit($known, $months, $left, entry: [0, 0, 1, 0, 2, 0, 0, 0, 0, 3], level: 0.8);
$found = $model->survivalLimits($others, 3.0, [1, 1, 1, 1], level: 0.8);
$answers = ['survival' => $found->value, 'low' => $found->low, 'high' => $found->high];
$add('Cox', $model, $answers + ['remaining' => $model->remaining($others, 6.0)->value]);
$whose = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'a', 'b'];
$rows = ['entry' => [0, 0, 0, 0, 0, 0, 0, 0, 2, 3], 'stratum' => array_merge(...array_fill(0, 5, ['new', 'old'])), 'customer' => $whose];
$model = Cox::fit($known, $months, $left, ...$rows, ties: Cox\Ties::Breslow, robust: true);
$found = $model->survivalLimits($others, 2.0, stratum: ['new', 'old', 'new', 'old']);
$add('Cox of strata', $model, ['survival' => $found->value, 'low' => $found->low, 'high' => $found->high]);
foreach (Accelerated\Family::cases() as $family) {
    $model = fitted(static fn () => Accelerated::fit($family, $known, $months, $left));
    $found = $model->survival($others, 30.0, [1, 1, 1, 1]);
    $add($family->label(), $model, ['survival' => $found->value, 'low' => $found->low, 'high' => $found->high]);
}
$churned = [1, 1, 0, 0, 1, 0, 0, 0, 1, 0];
$model = Logistic::fit($known, $churned);
['probability' => $risk, 'low' => $low, 'high' => $high] = $model->limits($others);
$add('logistic', $model, ['risk' => $risk, 'low' => $low, 'high' => $high]);
$model = Boosting::fit($known, $churned, rounds: 5, depth: 2, folds: 0, leafCustomers: 1.0, eachOutcome: 1.0);
$add('boosted trees', $model, ['risk' => $model->probability($others)]);

$text = json_encode(['cases' => $cases], JSON_PRETTY_PRINT | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
file_put_contents(ROOT . '/tests/golden/stored/php.json', $text . "\n");
