<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Accelerated;
use Retain\Boosting;
use Retain\Btyd\Model;
use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Question;
use Retain\Columns;
use Retain\Contract;
use Retain\Cox;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\FitReport;
use Retain\Hazard;
use Retain\Logistic;
use Retain\Predictors;
use Retain\Spend\GammaGamma;
use Retain\Spend\GammaGammaOrders;
use Retain\Spend\LogNormal;
use Retain\Spend\OrderValues;

/** Models that are stored: read again they foretell the same to the last bit, in PHP and in Python; what is wrong in them is named. */
final class StoredTest extends TestCase
{
    /** @return list<array{name: string, stored: array<string, mixed>, answers: array<string, list<?float>>}> */
    private static function cases_of(string $language): array
    {
        return json_decode((string) file_get_contents(self::GOLDEN . "stored/$language.json"), true, 512, JSON_THROW_ON_ERROR)['cases'];
    }

    /** @return array<string, mixed> */
    private static function stored(string $name): array
    {
        return array_column(self::cases_of('python'), 'stored', 'name')[$name];
    }

    private static function read(string $name, array $stored): mixed
    {
        return match ($name) {
            'SBG', 'BdW' => Contract\Model::fromArray($stored),
            'GammaGamma' => GammaGamma::fromArray($stored),
            'GammaGammaOrders' => GammaGammaOrders::fromArray($stored),
            'LogNormalSpend' => LogNormal::fromArray($stored),
            'Cox', 'Cox of strata' => Cox::fromArray($stored),
            'Weibull', 'exponential', 'log-logistic', 'log-normal' => Accelerated::fromArray($stored),
            'logistic' => Logistic::fromArray($stored),
            'hazard' => Hazard::fromArray($stored),
            'boosted trees' => Boosting::fromArray($stored),
            default => Model::fromArray($stored),
        };
    }

    /** What the generators of the golden files asked. */
    private static function answers(string $name, mixed $model): array
    {
        $asked = new Customers([2.0, 0.0, 5.0], [30.43, 0.0, 12.0], [38.86, 38.86, 38.0], 7.0, covariates: ['east' => [1.0, 0.0, 1.0]]);
        if ($name === 'known') {
            return ['value' => $model->orders($asked, days: 91)];
        }
        $X = new Predictors(['tickets' => [0.0, 1, 2, 3], 'plan' => [1.0, 0, 1, 0]]);
        if ($model instanceof Cox || $model instanceof Accelerated) {
            $found = match (true) {
                $model instanceof Accelerated => $model->survival($X, 30.0, [1, 1, 1, 1]),
                $name === 'Cox' => $model->survivalLimits($X, 3.0, [1, 1, 1, 1], level: 0.8),
                default => $model->survivalLimits($X, 2.0, stratum: ['new', 'old', 'new', 'old']),
            };
            $remaining = $name === 'Cox' ? ['remaining' => $model->remaining($X, 6.0)->value] : [];
            return ['survival' => $found->value, 'low' => $found->low, 'high' => $found->high] + $remaining;
        }
        if ($model instanceof Logistic) {
            $found = $model->limits($X);
            return ['risk' => $found['probability'], 'low' => $found['low'], 'high' => $found['high']];
        }
        if ($model instanceof Boosting) {
            return ['risk' => $model->probability($X)];
        }
        if ($name === 'seasons') {
            return ['purchase' => [$model->covariates()['december']['purchase']]];
        }
        if ($model instanceof Model) {
            $found = $name === 'BGBB'
                ? $model->interval(new Customers([4.0, 0.0], [5.0, 0.0], [6.0, 6.0], 365.25), Question::orders(10.0), 0.9)
                : $model->interval($asked, Question::orders(13.0), 0.9);
            return ['value' => $found->value, 'low' => $found->low, 'high' => $found->high];
        }
        if ($model instanceof Contract\Model) {
            $found = $model->survivalLimits([8.0, 12.0]);
            return ['survival' => $found->value, 'low' => $found->low, 'high' => $found->high];
        }
        $found = $model instanceof GammaGamma
            ? $model->interval(new Customers([2.0, 0.0], [1.0, 0.0], [1.0, 1.0], 7.0, spend: [50.0, NAN]))
            : $model->interval(new OrderValues([3.0, 1.0], [20.0, 80.0], [2.9, 4.3], [0.5, 0.0], [4.0, 1.0]));
        return ['expected_spend' => $found['expected'], 'low' => $found['low'], 'high' => $found['high']];
    }

    public function testWhatEitherLanguageStoredForetellsWhatItForetold(): void
    {
        foreach (['python', 'php'] as $language) {
            foreach (self::cases_of($language) as ['name' => $name, 'stored' => $stored, 'answers' => $answers]) {
                $model = self::read($name, $stored);
                self::assertEquals($stored, json_decode(json_encode($model, JSON_THROW_ON_ERROR), true), "$language $name");
                $got = self::answers($name, $model);
                self::assertSame(array_keys($answers), array_keys($got));
                foreach ($answers as $column => $wanted) {
                    foreach ($wanted as $row => $want) {
                        self::assertNear($want ?? NAN, $got[$column][$row], 1e-11 * abs($want ?? 0.0), "$language $name $column $row");
                    }
                }
            }
        }
    }

    public function testAllIsKeptToTheLastBit(): void
    {
        $given = self::cdnowCustomers();
        $east = array_map(static fn (string $id): float => (float) ((int) $id % 2), Columns::list($given->id, Columns::INT64));
        $customers = new Customers($given->frequency, $given->t_x, $given->T, 7.0, covariates: ['east' => $east]);
        $model = ParetoNbd::fit($customers, level: 0.8, covariates: ['east'], equal: ['east']);
        $again = Model::fromArray(json_decode(json_encode($model, JSON_THROW_ON_ERROR), true));
        self::assertInstanceOf(FitReport::class, $again->report);
        self::assertEquals($model, $again);
        self::assertSame(0.8, $again->report->level);
        foreach ([Question::orders(13.0), Question::rate(), Question::silence(13.0)] as $question) {
            $first = $model->interval($customers, $question, 0.9);
            $second = $again->interval($customers, $question, 0.9);
            self::assertSame([$first->value, $first->low, $first->high], [$second->value, $second->low, $second->high]);
        }
        $question = Question::orders(13.0);
        $limits = $model->interval($customers, $question, 0.9);
        $slopes = array_chunk($model->derivatives($customers, $question), 6);
        $covariance = array_map(array_values(...), array_values($model->report->covariance));
        foreach ([0, 7, 99] as $row) {
            $variance = 0.0;
            foreach ($covariance as $i => $of) {
                foreach ($of as $j => $cell) {
                    $variance += $slopes[$row][$i] * $slopes[$row][$j] * $cell;
                }
            }
            $wide = log($limits->high[$row] / $limits->value[$row]);
            self::assertNear($wide, 1.6448536269514722 * sqrt($variance) / $limits->value[$row], 1e-8 * $wide);
        }
        self::assertSame($model->total($customers, $question)->toArray(), $again->total($customers, $question)->toArray());
    }

    public function testWhatIsWrongIsNamed(): void
    {
        $whole = self::stored('covariates');
        $cases = [
            [['format'], 'xml', "format is 'xml'"],
            [['version'], 2, 'version is 2; this version of the library reads 1'],
            [['family'], 'BG/BG', "family is 'BG/BG'; it must be one of"],
            [['unit_days'], INF, 'unit_days is INF'],
            [['unit_days'], '7', "unit_days is '7'; it must be a number"],
            [['unitDays'], 7, 'unitDays is no key'],
            [['parameters'], null, 'parameters must be an array'],
            [['parameters', 'r'], null, 'parameters.r is null; it must be a finite number'],
            [['parameters', 'r'], NAN, 'parameters.r is NAN; a number that does not exist is null'],
            [['parameters', 'r'], true, 'parameters.r is bool; it must be a number'],
            [['parameters', 'r'], -1.0, 'r is -1; it must be positive'],
            [['parameters', 's'], 1.0, 'parameters.s is no key'],
            [['covariates'], ['east' => 1], 'covariates must be a list'],
            [['covariates', 0, 'name'], 5, 'covariates[0].name must be a text'],
            [['covariates', 0, 'purchase'], null, 'covariates[0].purchase is null'],
            [['covariates', 1], $whole['covariates'][0], "covariates[1].name is 'east', and so is another's"],
            [['covariates', 0, 'name'], 'west', 'fit.entries must be r, alpha, a, b, purchase[west], lifetime[west]'],
            [['fit', 'verdict'], 'splendid', "fit.verdict is 'splendid'"],
            [['fit', 'kind', 0], 'guessed', "fit.kind[0] is 'guessed'"],
            [['fit', 'level'], 95, 'fit.level is 95'],
            [['fit', 'rows'], 2.5, 'fit.rows is 2.5; it must be a whole number'],
            [['fit', 'has_prior'], 1, 'fit.has_prior must be true or false'],
            [['fit', 'covariance'], [1.0], 'fit.covariance has 1 entries; it must have 36'],
            [['fit', 'covariance', 1], 0.0, 'fit.covariance[1] is 0 and covariance[6] is'],
            [['fit', 'covariance', 0], -1.0, 'fit.covariance[0] is -1; a variance is at least 0'],
            [['fit', 'standard_error', 0], 3.0, 'fit.standard_error[0] is 3; the square root of its variance'],
            [['fit', 'standard_error', 0], -$whole['fit']['standard_error'][0], 'it must be at least 0'],
            [['fit', 'low', 0], 1e9, 'fit.low[0] is 1e+09; it must not be above fit.high[0]'],
            [['fit', 'customers'], -5, 'fit.customers is -5; it must be at least 0'],
            [['fit', 'guess'], 3.0, 'fit.guess is no key'],
            [['k'], 3, 'k is no key'],
        ];
        foreach ($cases as [$path, $value, $said]) {
            $stored = $whole;
            $at = &$stored;
            foreach ($path as $key) {
                $at = &$at[$key];
            }
            $at = $value;
            unset($at);
            $thrown = self::thrownBy(static fn () => Model::fromArray($stored));
            self::assertInstanceOf(ArgumentException::class, $thrown, $said);
            self::assertStringContainsString($said, $thrown->getMessage());
        }
        foreach (['format', 'version', 'family', 'unit_days', 'parameters', 'covariates', 'fit'] as $key) {
            $thrown = self::thrownBy(static fn () => Model::fromArray(array_diff_key($whole, [$key => 0])));
            self::assertStringContainsString("$key is missing in the stored model", $thrown?->getMessage() ?? '');
        }
    }

    /** @return array<string, mixed> */
    private static function changed(array $stored, array $path, mixed $value): array
    {
        $at = &$stored;
        foreach ($path as $key) {
            $at = &$at[$key];
        }
        $at = $value;
        return $stored;
    }

    public function testAModelWhoseDataSayTooLittleIsKeptForWhatItSays(): void
    {
        foreach (self::cases_of('open') as ['name' => $name, 'stored' => $stored]) {
            $model = self::read($name, $stored);
            self::assertEquals($stored, json_decode((string) json_encode($model->toArray()), true), $name);
            $typed = self::changed($stored, ['fit', 'verdict'], 'converged');
            $thrown = self::thrownBy(static fn () => self::read($name, $typed));
            self::assertInstanceOf(ArgumentException::class, $thrown, $name);
            self::assertStringContainsString('is null; it must be a finite number', $thrown->getMessage());
        }
    }

    public function testParametersThatNoFitLeftOpenAreNotStored(): void
    {
        $thrown = self::thrownBy(static fn () => (new ParetoNbd(NAN, NAN, NAN, NAN, unitDays: 7.0))->toArray());
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString('this model has no parameters, nor a fit that says why', $thrown->getMessage());
    }

    public function testBothLanguagesRefuseTheSameInTheSameWords(): void
    {
        $file = static fn (string $name): array => json_decode((string) file_get_contents(self::GOLDEN . "stored/$name.json"), true);
        $models = array_column(self::cases_of('python'), 'stored', 'name') + ['hazard' => $file('open')['hazard']];
        foreach ($file('refused')['refused'] as ['model' => $name, 'path' => $path, 'value' => $value, 'said' => $said]) {
            $thrown = self::thrownBy(static fn () => self::read($name, self::changed($models[$name], $path, $value)));
            self::assertInstanceOf(ArgumentException::class, $thrown, $said);
            self::assertSame($said, $thrown->getMessage());
        }
    }

    public function testWhatIsWrongWithARegressionIsNamed(): void
    {
        $cox = self::stored('Cox of strata');
        $accelerated = self::stored('exponential');
        foreach (
            [
                [$cox, ['ties'], 'exact', "ties is 'exact'"],
                [$cox, ['robust'], 1, 'robust must be true or false'],
                [$cox, ['columns'], [], 'columns has 0 entries; it must have 1 to 40'],
                [$cox, ['columns', 0, 'coefficient'], '1', "columns[0].coefficient is '1'; it must be a number"],
                [$cox, ['columns', 1, 'name'], 'tickets', "columns[1].name is 'tickets', and so is that of columns[0]"],
                [$cox, ['columns', 1, 'name'], 'price', 'fit.entries must be tickets, price'],
                [$cox, ['strata', 1], 'new', 'strata[1] is new, and so is another of them'],
                [$cox, ['strata', 1], 5, 'strata[1] and strata[0] differ in kind'],
                [$cox, ['baseline', 'time'], [1.0], 'baseline.stratum has 9 entries; it must have 1'],
                [$cox, ['baseline', 'stratum', 0], 2, 'baseline.stratum[0] is 2; it must be a whole number from 0 to 1'],
                [$cox, ['baseline', 'hazard', 1], 0.0, 'baseline.hazard[1] is 0; it must be finite and not fall within a stratum'],
                [$cox, ['baseline', 'hazard', 1], null, 'baseline.hazard[1] is NaN'],
                [$cox, ['baseline', 'variance', 0], -1.0, 'baseline.variance[0] is -1'],
                [$cox, ['baseline', 'drift', 3], 'infinity', 'baseline.drift[3] is inf'],
                [$cox, ['baseline', 'at_risk', 0], -1.0, 'baseline.at_risk[0] is -1'],
                [$cox, ['fit'], null, 'fit is null; a Cox regression comes from a fit'],
                [$cox, ['fit', 'covariance', 0], -1.0, 'fit.covariance[0] is -1'],
                [$cox, ['fit', 'z'], [1.0], 'fit.z has 1 entries; it must have 2'],
                [$cox, ['fit', 'p_value', 1], 1.5, 'fit.p_value[1] is 1.5; it must lie in [0, 1]'],
                [$cox, ['fit', 'degrees'], 'infinity', 'fit.degrees is inf; it must lie in [0, 40]'],
                [$accelerated, ['family'], 'Gompertz', "family is 'Gompertz'"],
                [$accelerated, ['parameters', 'scale'], -1.0, 'parameters.scale is -1; it must be positive'],
                [$accelerated, ['parameters', 'shape'], 2.0, 'parameters.shape is 2; it must be 1 of an exponential'],
                [$accelerated, ['columns', 0, 'name'], 'scale', 'which is what a parameter of the model is called'],
                [$accelerated, ['fit'], null, 'fit is null; an accelerated failure time model comes from a fit'],
                [$accelerated, ['fit', 'low'], [1.0], 'fit.low has 1 entries; it must have 4'],
            ] as [$whole, $path, $value, $said]
        ) {
            $stored = self::changed($whole, $path, $value);
            $thrown = self::thrownBy(static fn () => $whole === $cox ? Cox::fromArray($stored) : Accelerated::fromArray($stored));
            self::assertInstanceOf(ArgumentException::class, $thrown, $said);
            self::assertStringContainsString($said, $thrown->getMessage());
        }
    }

    public function testRegressionsAreKeptToTheLastBit(): void
    {
        $X = new Predictors(['tickets' => [3, 1, 2, 0, 1, 2, 0, 0]]);
        $rows = [[2, 3, 5, 6, 8, 9, 11, 12], [1, 1, 1, 0, 1, 1, 0, 0]];
        $model = Cox::fit($X, ...$rows, level: 0.9);
        $again = Cox::fromArray(json_decode(json_encode($model, JSON_THROW_ON_ERROR), true));
        self::assertEquals($model, $again);
        self::assertSame($model->survivalLimits($X, 4.0)->toArray(), $again->survivalLimits($X, 4.0)->toArray());
        self::assertSame($model->remaining($X, 4.0)->low, $again->remaining($X, 4.0)->low);
        $model = Accelerated::fit(Accelerated\Family::LogNormal, $X, ...$rows);
        $again = Accelerated::fromArray(json_decode(json_encode($model, JSON_THROW_ON_ERROR), true));
        self::assertEquals($model, $again);
        self::assertSame($model->quantile($X)->toArray(), $again->quantile($X)->toArray());
        $none = self::thrownBy(static fn () => Cox::fit(new Predictors(['late' => [1, 1, 1, 0, 0, 0]]), [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]));
        $again = Cox::fromArray(json_decode(json_encode($none->model, JSON_THROW_ON_ERROR), true));
        self::assertSame($none->report->explanation, $again->report->explanation);
        $thrown = self::thrownBy(static fn () => $again->quantile(new Predictors(['late' => [1]])));
        self::assertStringContainsString('no baseline to forecast with', $thrown?->getMessage() ?? '');
    }
}
