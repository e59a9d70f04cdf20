<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Context;
use Retain\Crr;
use Retain\Exception\ArgumentException;
use Retain\Exception\CancelledException;
use Retain\Exception\MemoryException;
use Retain\Orders;

/** How calls run: progress, stopping, memory, time, threads. */
final class CallsTest extends TestCase
{
    /** A log that takes more than one block of work. */
    private const LOG = '
        $customer = Retain\Column::int64(); $day = Retain\Column::int64(); $value = Retain\Column::float64();
        for ($i = 0; $i < 300000; $i++) { $customer->push($i * 7919 % 50021); $day->push($i * 31 % 700); $value->push(1 + $i % 97); }
        $log = new Retain\Orders($customer, $day, $value);';

    private static function log(): Orders
    {
        static $log = null;
        if ($log === null) {
            eval(self::LOG);
        }
        return $log;
    }

    public function testTellsHowFarItIs(): void
    {
        $told = [];
        $want = self::log()->summary(700);
        $got = self::log()->summary(700, context: new Context(progress: function (float $share) use (&$told): void {
            $told[] = $share;
        }));
        self::assertSame($want->frequency->pack(), $got->frequency->pack());
        self::assertNotEmpty($told);
        $sorted = $told;
        sort($sorted);
        self::assertSame($sorted, $told);
        self::assertGreaterThanOrEqual(0.0, $told[0]);
        self::assertLessThanOrEqual(1.0, end($told));
    }

    public function testStopsWhenTheCallbackSaysSo(): void
    {
        $thrown = self::thrownBy(static fn () => self::log()->summary(700, context: new Context(progress: static fn (): bool => true)));
        self::assertInstanceOf(CancelledException::class, $thrown);
        self::assertSame(6, $thrown->getCode());
        foreach ([false, null, 0, 1, 'stop', new \stdClass()] as $answer) {
            self::assertNull(self::thrownBy(static fn () => self::log()->summary(700, context: new Context(progress: static fn () => $answer))));
        }
    }

    public function testLetsExceptionsOfTheCallbackThrough(): void
    {
        foreach ([1, 2] as $threads) {
            $progress = static fn () => throw new \DomainException('mine');
            $thrown = self::thrownBy(static fn () => self::log()->summary(700, context: new Context($threads, $progress)));
            self::assertInstanceOf(\DomainException::class, $thrown);
            self::assertNull($thrown->getPrevious());
        }
    }

    public function testDoesNotLetColumnsMoveWhileTheyAreRead(): void
    {
        $log = self::log();
        $thrown = null;
        $log->summary(700, context: new Context(progress: static function () use ($log, &$thrown): void {
            $thrown ??= self::thrownBy(static fn () => $log->day->push(5));
        }));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        $log->day->push(5); /* afterwards it grows again */
        self::assertCount(300001, $log->day);
        $short = self::thrownBy(static fn () => $log->summary(700));
        self::assertInstanceOf(ArgumentException::class, $short);
        $log->customer->push(1);
        $log->value->push(1);
    }

    public function testCanBeCalledFromItsOwnCallback(): void
    {
        $inner = [];
        $log = self::log();
        $outer = $log->summary(700, context: new Context(progress: static function () use ($log, &$inner): void {
            if (count($inner) < 3) {
                $inner[] = count((new Orders([1, 2], [3, 4], [5, 6]))->summary(9)) + count($log->summary(700));
            }
        }));
        self::assertSame([count($outer) + 2], array_values(array_unique($inner)));
    }

    public function testCallsEveryKindOfCallable(): void
    {
        $object = new class () {
            public int $calls = 0;
            public function told(float $share): void
            {
                $this->calls++;
            }
            public function __invoke(float $share): void
            {
                $this->calls++;
            }
            public function __call(string $name, array $arguments): void
            {
                $this->calls++;
            }
        };
        foreach ([$object, [$object, 'told'], [$object, 'magic'], 'sqrt', \Closure::fromCallable($object)] as $callable) {
            self::log()->summary(700, context: new Context(progress: $callable));
        }
        self::assertGreaterThan(3, $object->calls);
    }

    public function testDropsACallbackThatForgetsItself(): void
    {
        $context = ['progress' => null];
        $progress = static function () use (&$progress, &$context): void {
            $progress = $context = null;
        };
        $context['progress'] = &$progress;
        $arguments = [...self::log()->columns(), 700, 1.0, 1, 0, ...array_fill(0, 14, true)];
        self::assertIsArray(retain_orders_summary($context, ...$arguments));
        self::assertNull($context);
    }

    public function testGivesTheSameForAnyNumberOfThreads(): void
    {
        $want = self::log()->summary(700);
        foreach ([2, 3, 8, 64] as $threads) {
            $got = self::log()->summary(700, context: new Context(threads: $threads));
            foreach (['id', 'frequency', 't_x', 'T', 'spend', 'revenue'] as $column) {
                self::assertSame($want->$column->pack(), $got->$column->pack(), "$column at $threads threads");
            }
        }
        self::assertNan(Crr::rate(0, 0, 0));
    }

    public function testSaysThatMemoryIsShortAndGoesOn(): void
    {
        [$code, $output] = self::run_script(self::LOG . '
            ini_set("memory_limit", (string) (memory_get_usage(true) + (4 << 20)));
            foreach ([1, 2] as $round) {
                try { $log->summary(700); } catch (Retain\Exception\MemoryException $e) { echo $e->getCode(), " "; }
                try { Retain\Column::float64($log->value->pack() . str_repeat("12345678", 100000)); } catch (Retain\Exception\MemoryException $e) { echo "column "; }
            }
            ini_set("memory_limit", "256M");
            echo count($log->summary(700));', 'memory_limit=256M');
        self::assertSame("4 column 4 column 50021", $output);
        self::assertSame(0, $code);
    }

    public function testKnowsProcessesWithoutALimit(): void
    {
        self::assertSame([0, '50021'], self::run_script(self::LOG . 'echo count($log->summary(700));', 'memory_limit=-1'));
    }

    /** The work fits, the lists to hand back do not. */
    public function testSaysThatResultsFindNoRoom(): void
    {
        foreach ([8, 10, 12, 14, 16, 18] as $megabytes) {
            [$code, $output] = self::run_script(self::LOG . '
                $lists = new Retain\Orders($customer->toArray(), $day->toArray(), $value->toArray());
                ini_set("memory_limit", (string) (memory_get_usage(true) + (' . $megabytes . ' << 20)));
                try { $lists->summary(700); echo "done"; } catch (Retain\Exception\MemoryException $e) { echo "short"; }', 'memory_limit=256M');
            self::assertSame(0, $code, $output);
            self::assertContains($output, ['short', 'done']);
        }
    }

    public function testSaysThatColumnsAndListsFindNoRoom(): void
    {
        [$code, $output] = self::run_script('
            $column = Retain\Column::float64(str_repeat(pack("d", 1.5), 400000));
            $whole = Retain\Column::int64(str_repeat(pack("q", 7), 400000));
            $list = array_fill(0, 400000, 1.5);
            ini_set("memory_limit", (string) (memory_get_usage(true) + (3 << 20)));
            $calls = [
                fn () => $column->push(1), fn () => $column->pack(), fn () => $column->toArray(), fn () => Retain\Column::float64($list),
                fn () => Retain\Column::float64($whole), fn () => retain_clv_total(null, $column, $whole, true),
                fn () => retain_clv_total(null, $list, $list, true), fn () => retain_calendar_weekday(3),
            ];
            foreach ($calls as $call) {
                try { $call(); echo "done "; } catch (Retain\Exception\MemoryException $e) { echo get_class($e) === Retain\Exception\MemoryException::class ? "short " : "?"; }
            }
            echo count($column);', 'memory_limit=256M');
        self::assertSame(str_repeat('short ', 7) . 'done 400000', $output);
        self::assertSame(0, $code);
    }

    public function testTellsItsVersion(): void
    {
        $said = shell_exec(escapeshellarg(PHP_BINARY) . ' -n -d extension=' . escapeshellarg(self::extension()) . ' --ri retain');
        self::assertStringContainsString('libretain => ' . retain_version(), $said);
        self::assertSame(retain_version(), phpversion('retain'));
    }

    public function testRefusesResultsThatNoMemoryHolds(): void
    {
        $thrown = self::thrownBy(static fn () => retain_calendar_edges(null, -1000000000000, 1000000000000, 0, 1, 1, 1, true));
        self::assertInstanceOf(\Retain\Exception\RetainException::class, $thrown);
        $thrown = self::thrownBy(static fn () => retain_calendar_edges(null, -100000000, 100000000, 0, 1, 1, 1, true));
        self::assertInstanceOf(MemoryException::class, $thrown);
    }

    /** @dataProvider endings */
    public function testEndsAsPhpEndsWhateverHappensInTheCallback(string $callback, int $code, string $says): void
    {
        foreach ([1, 3] as $threads) {
            [$got, $output] = self::run_script(
                self::LOG . "register_shutdown_function(function () { echo ' shut down'; });
                \$log->summary(700, context: new Retain\\Context($threads, $callback)); echo 'went on';",
                'memory_limit=128M'
            );
            self::assertSame($code, $got, $output);
            self::assertStringContainsString($says, $output);
            self::assertStringEndsWith('shut down', $output);
            self::assertStringNotContainsString('went on', $output);
        }
    }

    public function endings(): array
    {
        return [
            'exit' => ['function () { exit(3); }', 3, ''],
            'fatal error' => ['function () { str_repeat("x", 1 << 28); }', 255, 'Allowed memory size'],
            'fatal error of the script' => ['function () { trigger_error("mine", E_USER_ERROR); }', 255, 'Fatal error: mine'],
            'exception' => ['function () { throw new LogicException("mine"); }', 255, 'mine'],
            'type error' => ['function (array $share) { }', 255, 'TypeError'],
        ];
    }

    public function testStopsInTimeWhenTheScriptsTimeIsOver(): void
    {
        $begin = microtime(true);
        [$code, $output] = self::run_script(self::LOG . '
            set_time_limit(1);
            for (;;) { $log->summary(700); $log->compact(); }');
        self::assertSame(255, $code, $output);
        self::assertStringContainsString('Maximum execution time', $output);
        self::assertLessThan(30, microtime(true) - $begin);
    }

    /** PHP kills a process that has not noticed two seconds later: the library must be asked to stop. */
    public function testStopsALongCallWhenTheScriptsTimeIsOver(): void
    {
        [$code, $output] = self::run_script('
            register_shutdown_function(function () { echo " shut down"; });
            set_time_limit(1);
            $model = new Retain\Btyd\ParetoNbd(r: 2, alpha: 1, s: .1, beta: 1000, unitDays: 7);
            $model->simulate(Retain\Column::float64(str_repeat(pack("d", 10000), 500000)), t: 1, seed: 1);
            echo "went on";');
        self::assertSame(255, $code, $output);
        self::assertStringContainsString('Maximum execution time', $output);
        self::assertStringEndsWith('shut down', $output);
    }

    public function testWorksInForkedProcesses(): void
    {
        if (!function_exists('pcntl_fork') || !function_exists('posix_kill')) {
            self::markTestSkipped('PHP was built without pcntl or posix');
        }
        $log = self::log();
        $want = $log->summary(700, context: new Context(threads: 2))->revenue->pack();
        $child = pcntl_fork();
        if ($child === 0) {
            $same = $log->summary(700, context: new Context(threads: 2))->revenue->pack() === $want;
            posix_kill(getmypid(), $same ? SIGTERM : SIGKILL); /* ends without PHPUnit's clean-up */
            sleep(10);
        }
        pcntl_waitpid($child, $status);
        self::assertSame(SIGTERM, pcntl_wtermsig($status));
    }
}
