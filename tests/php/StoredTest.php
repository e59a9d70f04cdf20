<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\Model;
use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Question;
use Retain\Columns;
use Retain\Contract;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\FitReport;
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
            [['fit', 'standard_error', 0], -$whole['fit']['standard_error'][0], 'the square root of its variance'],
            [['fit', 'low', 0], 1e9, 'fit.low[0] is 1.0E+9; it must not be above fit.high[0]'],
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
}
