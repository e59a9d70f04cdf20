<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\RetainException;

/** Bad arguments × every raw function: an exception that names the argument, and a process that works as before. */
final class ArgumentsTest extends TestCase
{
    /** Columns that may be null. */
    private const OPTIONAL = [
        'instants', 'offsets', 'order', 'cancelled', 'multiple', 'value_low', 'second_of_day', 'weight', 'margins', 'cuts',
        'spend', 'log_gaps', 'group', 'map', 'kind', 'event_value', 'known_since', 'contacts', 'closed', 'quantiles', 'models', 'worth',
        'spend_model', 'spend_covariance', 'annual_rates', 'order_costs', 'service_costs', 'event', 'entry',
        'discount', 'category', 'event_kind', 'windows',
    ];

    /** Columns of bytes. */
    private const BYTES = ['cancelled', 'r', 'f', 'm', 'map', 'segment', 'before_segment', 'after_segment', 'left', 'event', 'outcome'];

    /** @return iterable<string, array{string}> */
    public function functions(): iterable
    {
        foreach (array_keys(RawCalls::declared()) as $function) {
            yield $function => [$function];
        }
    }

    /** @return array<string, mixed> what no column can be */
    private static function noColumns(): array
    {
        $text = new class () {
            public function __toString(): string
            {
                return pack('d*', 1, 2);
            }
        };
        return [
            'int' => 5, 'huge int' => PHP_INT_MAX, 'float' => 2.5, 'NaN' => NAN, 'true' => true, 'false' => false, 'object' => new \stdClass(),
            'object with __toString' => $text, 'closure' => static fn (): array => [1], 'generator' => (static fn () => yield 1)(),
            'resource' => STDIN, 'ArrayObject' => new \ArrayObject([1, 2]), 'DateTime' => new \DateTimeImmutable(),
        ];
    }

    /** @return array<string, list<mixed>> lists with one row that is no number, by what is wrong */
    private static function badRows(): array
    {
        return [
            'null' => [null], 'text' => ['abc'], 'half a number' => ['12abc'], 'empty text' => [''], 'nested list' => [[1]],
            'object' => [new \stdClass()],
            'object with __toString' => [new \SplFileInfo('12')], 'resource' => [STDIN],
        ];
    }

    /** @dataProvider functions */
    public function testRefusesWhatIsNoColumn(string $function): void
    {
        $this->forEachColumn($function, function (array $good, string $name) use ($function): void {
            foreach (self::noColumns() as $what => $bad) {
                $this->assertRefused($function, [$name => $bad] + $good, $name, $what);
            }
            foreach (['hole' => [1 => 1.0], 'string keys' => ['a' => 1, 'b' => 2], 'wrong order' => [1 => 1, 0 => 2]] as $what => $bad) {
                $this->assertRefused($function, array_replace($good, [$name => $bad]), $name, $what);
            }
        });
    }

    /** @dataProvider functions */
    public function testRefusesRowsThatAreNoNumbers(string $function): void
    {
        $this->forEachColumn($function, function (array $good, string $name) use ($function): void {
            $list = is_array($good[$name]) ? $good[$name] : [1];
            foreach (self::badRows() as $what => [$bad]) {
                $thrown = $this->assertRefused($function, array_replace($good, [$name => [...$list, $bad]]), $name, $what);
                self::assertSame(count($list), $thrown->row, "$function $name $what");
            }
        });
    }

    /** @dataProvider functions */
    public function testRefusesColumnsOfAnotherElement(string $function): void
    {
        $this->forEachColumn($function, function (array $good, string $name) use ($function): void {
            $column = Column::uint8([1, 2]);
            if (in_array($name, self::BYTES, true)) {
                $column = Column::int64([1, 2]);
            }
            $this->assertRefused($function, array_replace($good, [$name => $column]), $name, 'other element');
            if (!in_array($name, self::BYTES, true)) {
                $this->assertRefused($function, array_replace($good, [$name => str_repeat('x', 13)]), $name, 'odd length');
            }
        });
    }

    /** @dataProvider functions */
    public function testRefusesColumnsThatAreMissing(string $function): void
    {
        $this->forEachColumn($function, function (array $good, string $name) use ($function): void {
            $needed = !in_array($name, self::OPTIONAL, true) || ($name === 'spend' && str_contains($function, 'spend'));
            $needed = $needed && ($function !== 'retain_rfm_table' || $name === 'segment');
            $needed = $needed && !preg_match('/^retain_btyd_(dynamic_|pool_)?total\.(covariance|common)$/', "$function.$name");
            $needed = $needed && !preg_match('/^retain_clv_(dynamic_)?(interval|sums|payback|payback_new|naive)\.(covariance|historic|model)$/', "$function.$name");
            $needed = $needed && "$function.$name" !== 'retain_calibration_probabilities.covariance';
            $needed = $needed && !preg_match('/^retain_(cox|accelerated|hazard)_\w+\.(stratum|step_stratum|customer|covariance|fixed|lasted|variance|drift|until)$/', "$function.$name");
            $needed = $needed && !preg_match('/^retain_boosting_\w+\.(weight|customer|monotone)$/', "$function.$name");
            $needed = $needed && "$function.$name" !== 'retain_churn_lost.value';
            $effects = ['frequency', 'time', 'time_squares', 'time_logs', 'covariance'];
            $needed = $needed && !(preg_match('/^retain_spend_orders_(?!dependence)/', $function) && in_array($name, $effects, true));
            $rows = is_array($good[$name]);
            if ($rows && ($needed || in_array($name, ['instants', 'offsets'], true))) {
                $thrown = self::thrownBy(static fn () => $function(...array_values(array_replace($good, [$name => null]))));
                self::assertInstanceOf(ArgumentException::class, $thrown, "$function $name");
                self::assertStringContainsString('missing', $thrown->getMessage());
            }
        });
    }

    /** @dataProvider functions */
    public function testRefusesColumnsOfDifferingLengths(string $function): void
    {
        $apart = ['edges', 'quantiles', 'cuts', 'n', 'customers', 'seconds', 'days', 'risk', 'revenue', 'historic', 'size', 'ages', 'shares', 'share', 'origins', 'families', 'models', 'times', 'dates', 'windows', 'whole_customer', 'cut_customer', 'monotone'];
        $this->forEachColumn($function, function (array $good, string $name) use ($function, $apart): void {
            $alone = count(array_filter($good, 'is_array')) < 2 || in_array($name, $apart, true);
            $alone = $alone || preg_match('/^retain_rfm_(tiers|lorenz|top_share)$/', $function); /* points and values are not of one length */
            $alone = $alone || preg_match('/^retain_contract_(discounted|elasticity|simulate)$/', $function); /* model, covariance and one column */
            $alone = $alone || in_array($function, ['retain_btyd_history', 'retain_btyd_tracking'], true);
            $alone = $alone || $function === 'retain_scoring_drift'; /* of two dates */
            $alone = $alone || ($name === 'score' && preg_match('/^retain_calibration_(probabilities|interpolated)$/', $function));
            $alone = $alone || $name === 'at'; /* where a curve is asked */
            $alone = $alone || preg_match('/^retain_(cox_risk\.predictors|hazard_reasons\.predictors|(cox|accelerated|hazard)_\w+\.(ahead|period|until))$/', "$function.$name"); /* of one column, any number of rows */
            $alone = $alone || ($name === 'value' && $function === 'retain_boosting_dependence'); /* where a shape is asked */
            $alone = $alone || ($name === 'predictors' && str_starts_with($function, 'retain_boosting_') && $function !== 'retain_boosting_fit');
            if (is_array($good[$name]) && !$alone && !($name === 't' || ($name === 'T' && $function === 'retain_btyd_simulate'))) {
                $thrown = self::thrownBy(static fn () => $function(...array_values(array_replace($good, [$name => [...$good[$name], 1]]))));
                self::assertInstanceOf(ArgumentException::class, $thrown, "$function $name");
                self::assertMatchesRegularExpression('/rows|numbers|cells/', $thrown->getMessage());
            }
        });
    }

    /** @dataProvider functions */
    public function testRefusesScalarsOfAnotherType(string $function): void
    {
        $good = RawCalls::good($function);
        $bad = [
            'null' => null, 'text' => 'abc', 'number as text' => '1', 'list' => [1], 'true' => true, 'object' => new \stdClass(),
            'column' => Column::int64(),
        ];
        foreach (RawCalls::declared()[$function] as $name => $type) {
            $wrong = match ($type) {
                'float' => $bad,
                'int' => $bad + ['float' => 1.0, 'NaN' => NAN],
                'bool' => ['int' => 1, 'null' => null, 'text' => 'true', 'list' => [true]],
                default => [],
            };
            foreach ($wrong as $what => $value) {
                $this->assertRefused($function, array_replace($good, [$name => $value]), $name, $what);
            }
        }
        self::assertTrue(true);
    }

    /** @dataProvider functions */
    public function testSurvivesNumbersThatMakeNoSense(string $function): void
    {
        $good = RawCalls::good($function);
        $numbers = [
            'float' => [0.0, -0.0, -1.0, 1e308, -1e308, 5e-324, NAN, INF, -INF, PHP_INT_MAX],
            'int' => [0, -1, 7, PHP_INT_MAX, PHP_INT_MIN, 2147483648, -2147483649],
        ];
        foreach (RawCalls::declared()[$function] as $name => $type) {
            foreach ($numbers[$type] ?? [] as $value) {
                $this->assertAnswersOrRefuses($function, array_replace($good, [$name => $value]));
            }
            if ($type === RawCalls::COLUMN && is_array($good[$name]) && $good[$name] !== []) {
                foreach ([...$numbers['float'], ...$numbers['int'], 1e17, '1e400'] as $value) {
                    $list = $good[$name];
                    $list[array_key_last($list)] = $value;
                    $this->assertAnswersOrRefuses($function, array_replace($good, [$name => $list]));
                    $this->assertAnswersOrRefuses($function, array_replace($good, [$name => array_fill(0, count($list), $value)]));
                }
            }
        }
        self::assertTrue(true);
    }

    /** @dataProvider functions */
    public function testTakesEmptyColumns(string $function): void
    {
        $good = RawCalls::good($function);
        foreach ([[], ''] as $empty) {
            $arguments = $good;
            foreach (RawCalls::declared()[$function] as $name => $type) {
                if ($type === RawCalls::COLUMN && $good[$name] !== null) {
                    $arguments[$name] = $empty;
                    $this->assertAnswersOrRefuses($function, array_replace($good, [$name => $empty]));
                }
            }
            $this->assertAnswersOrRefuses($function, $arguments);
        }
    }

    /** @dataProvider functions */
    public function testReadsReferencesAndNumericStringsAsWhatTheyHold(string $function): void
    {
        $good = RawCalls::good($function);
        $want = $function(...array_values($good));
        $arguments = $good;
        foreach ($arguments as $name => $value) {
            if (is_array($value) && RawCalls::declared()[$function][$name] === RawCalls::COLUMN) {
                foreach ($value as $row => $number) {
                    $shared = is_float($number) && is_nan($number) ? $number : (is_bool($number) ? (int) $number : (string) $number);
                    unset($cell);
                    $cell = $shared;
                    $arguments[$name][$row] = &$cell;
                }
            }
        }
        self::assertEquals(self::readable($want), self::readable($function(...array_values($arguments))), $function);
    }

    /** @dataProvider functions */
    public function testCountsItsArguments(string $function): void
    {
        $good = array_values(RawCalls::good($function));
        self::assertInstanceOf(\ArgumentCountError::class, self::thrownBy(static fn () => $function(...$good, ...[1])));
        if ($good !== []) {
            self::assertInstanceOf(\ArgumentCountError::class, self::thrownBy(static fn () => $function(...array_slice($good, 1))));
        }
    }

    /** @dataProvider functions */
    public function testRefusesContextsThatAreNone(string $function): void
    {
        $good = RawCalls::good($function);
        if (!array_key_exists('context', $good)) {
            self::assertArrayNotHasKey('context', $good);
            return;
        }
        $bad = [
            'context' => [5, 'x', true, new \stdClass()],
            'threads' => [-1, 257, '2', 1.0, null],
            'progress' => [5, 'no_such_function', [], true],
            'low_memory' => [1, 'yes', null, []],
        ];
        foreach ($bad as $name => $values) {
            foreach ($values as $value) {
                $context = $name === 'context' ? $value : [$name => $value];
                $this->assertRefused($function, array_replace($good, ['context' => $context]), $name, get_debug_type($value));
            }
        }
        $this->assertRefused($function, array_replace($good, ['context' => ['thread' => 1]]), 'thread', 'unknown key');
        $this->assertRefused($function, array_replace($good, ['context' => [1, 2]]), 'context', 'list');
    }

    /** @dataProvider functions */
    public function testGivesOnlyTheColumnsThatAreWanted(string $function): void
    {
        $good = RawCalls::good($function);
        $outputs = array_keys(array_filter(RawCalls::declared()[$function], static fn (string $type): bool => $type === 'bool'));
        $all = $function(...array_values($good));
        foreach ($outputs as $output) {
            $thrown = null;
            try {
                $some = $function(...array_values(array_replace($good, [$output => false])));
                self::assertArrayNotHasKey($output, $some);
                unset($some[$output]);
                self::assertEquals(self::readable(array_diff_key($all, [$output => 0])), self::readable($some), "$function $output");
            } catch (ArgumentException $thrown) {
                self::assertNotSame('', $thrown->getMessage()); /* a column that the library always writes */
            }
        }
        self::assertTrue(true);
    }

    /** @dataProvider functions */
    public function testFailsThousandsOfTimesWithoutGrowing(string $function): void
    {
        $good = RawCalls::good($function);
        $calls = [];
        $list = range(0, 499);
        foreach (RawCalls::declared()[$function] as $name => $type) {
            if ($type === RawCalls::COLUMN) {
                $calls[] = array_values(array_replace($good, [$name => [...$list, 'x']]));
                $calls[] = array_values(array_replace($good, [$name => new \stdClass()]));
                $calls[] = array_values(array_replace($good, [$name => $list]));
                $calls[] = array_values(array_replace($good, [$name => Column::float64($list)]));
            } else {
                $calls[] = array_values(array_replace($good, [$name => 'x']));
            }
        }
        if ($calls === []) {
            self::assertSame([], $good);
            return;
        }
        $run = static function (int $times) use ($function, $calls): void {
            for ($i = 0; $i < $times; $i++) {
                foreach ($calls as $arguments) {
                    try {
                        $function(...$arguments);
                    } catch (RetainException) {
                    }
                }
            }
        };
        $run(3);
        $resident = self::resident();
        $used = memory_get_usage();
        $watched = getenv('USE_ZEND_ALLOC') === '0'; /* by valgrind, which takes memory of its own and has the last word on leaks */
        $run((int) ceil(($watched ? 50 : 2000) / count($calls)));
        self::assertSame($used, memory_get_usage(), $function);
        self::assertLessThan($watched ? PHP_INT_MAX : 4 << 20, self::resident() - $resident, $function);
    }

    /** @param callable(array<string, mixed>, string): void $check */
    private function forEachColumn(string $function, callable $check): void
    {
        $good = RawCalls::good($function);
        $want = self::readable($function(...array_values($good)));
        foreach (RawCalls::declared()[$function] as $name => $type) {
            if ($type === RawCalls::COLUMN) {
                $check($good, $name);
                self::assertEquals($want, self::readable($function(...array_values($good))), "$function after bad $name");
            }
        }
        self::assertTrue(true);
    }

    /** @param array<string, mixed> $arguments */
    private function assertRefused(string $function, array $arguments, string $name, string $what): RetainException
    {
        $order = array_keys(RawCalls::declared()[$function]);
        $arguments = array_map(static fn (string $key): mixed => $arguments[$key], $order);
        $thrown = self::thrownBy(static fn () => $function(...$arguments));
        self::assertInstanceOf(RetainException::class, $thrown, "$function($name: $what) threw nothing");
        self::assertStringContainsString(RawCalls::spoken($name), $thrown->getMessage(), "$function($name: $what)");
        return $thrown;
    }

    /** @param array<string, mixed> $arguments */
    private function assertAnswersOrRefuses(string $function, array $arguments): void
    {
        $thrown = self::thrownBy(static fn () => $function(...array_values($arguments)));
        if ($thrown !== null) {
            self::assertInstanceOf(RetainException::class, $thrown, $function);
            self::assertNotSame('', $thrown->getMessage());
        }
        self::assertTrue(true);
    }

    /** Results with NaN in a form that can be compared. */
    private static function readable(mixed $value): mixed
    {
        if (is_array($value)) {
            return array_map(self::readable(...), $value);
        }
        return is_float($value) && is_nan($value) ? 'NaN' : $value;
    }

    private static function resident(): int
    {
        $pages = @file_get_contents('/proc/self/statm');
        return $pages === false ? 0 : (int) explode(' ', $pages)[1] * 4096;
    }
}
