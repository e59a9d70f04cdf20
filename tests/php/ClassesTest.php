<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgNbd;
use Retain\Btyd\ParetoNbd;
use Retain\Calendar;
use Retain\Churn;
use Retain\Clv;
use Retain\CohortKind;
use Retain\CohortTable;
use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Contract\Sbg;
use Retain\Crr;
use Retain\Customers;
use Retain\Evaluation;
use Retain\Exception\ArgumentException;
use Retain\Exception\RetainException;
use Retain\Features;
use Retain\Orders;
use Retain\Periods;
use Retain\Revenue;
use Retain\RevenuePlan;
use Retain\Rfm;
use Retain\Rfm\TierKind;
use Retain\Service;
use Retain\Signals;
use Retain\Spend\GammaGamma;
use Retain\Survey;
use Retain\Survival;

/** Bad columns × every parameter of the classes that takes one. */
final class ClassesTest extends TestCase
{
    /** @return iterable<string, array{string, callable(mixed): mixed}> name in the sentence, and the call */
    public function parameters(): iterable
    {
        $model = new BgNbd(.243, 4.414, .793, 2.426, 7);
        $spend = new GammaGamma(6.25, 3.74, 15.44);
        $good = ['frequency' => [1.0], 't_x' => [1.0], 'T' => [5.0], 'unitDays' => 7.0];
        $customers = static fn (mixed ...$columns): Customers => new Customers(...$columns + $good);
        $orders = static fn (mixed ...$columns): Orders => new Orders(...$columns + ['customer' => [1], 'day' => [0], 'value' => [1.0]]);
        foreach (['customer', 'day', 'value', 'order', 'cancelled', 'multiple', 'valueLow'] as $name) {
            $says = $name === 'valueLow' ? 'value(_l|L)ow' : $name;
            yield "Orders $name" => [$says, static fn (mixed $bad): mixed => $orders(...[$name => $bad])->summary(9)];
        }
        foreach (['frequency', 't_x', 'T'] as $name) {
            yield "alive $name" => [$name, static fn (mixed $bad): mixed => $model->alive($customers(...[$name => $bad]))];
            yield "fit $name" => [$name, static fn (mixed $bad): mixed => BgNbd::fit($customers(...[$name => $bad]))];
            yield "distinct $name" => [$name, static fn (mixed $bad): mixed => $customers(...[$name => $bad])->distinct()];
        }
        yield 'fit weight' => ['weight', static fn (mixed $bad): mixed => BgNbd::fit($customers(weight: $bad))];
        yield 'spend fit' => ['spend', static fn (mixed $bad): mixed => GammaGamma::fit($customers(spend: $bad))];
        yield 'spend expected' => ['spend', static fn (mixed $bad): mixed => $spend->expected($customers(spend: $bad))];
        yield 'model expected' => ['t', static fn (mixed $bad): mixed => $model->expected($bad)];
        yield 'model pmf' => ['n', static fn (mixed $bad): mixed => $model->pmf(1.0, $bad)];
        yield 'model simulate' => ['T', static fn (mixed $bad): mixed => $model->simulate($bad, 1.0, 1)];
        yield 'clv historic' => ['revenue', static fn (mixed $bad): mixed => Clv::historic($bad)];
        yield 'clv margins' => ['margins', static fn (mixed $bad): mixed => Clv::historic([1.0], margins: $bad)];
        yield 'clv residual' => ['value', static fn (mixed $bad): mixed => Clv::residual($model, $customers(), $bad)];
        yield 'clv total' => ['residual', static fn (mixed $bad): mixed => Clv::total([1.0], $bad)];
        yield 'clv at risk' => ['risk', static fn (mixed $bad): mixed => Clv::atRisk($bad, [1.0])];
        yield 'churn bands' => ['risk', static fn (mixed $bad): mixed => Churn::bands($bad)];
        yield 'churn cuts' => ['cuts', static fn (mixed $bad): mixed => Churn::bands([.5], $bad)];
        yield 'churn loss' => ['residual', static fn (mixed $bad): mixed => Churn::expectedLoss([.5], $bad, 1.0, .1)];
        yield 'calendar days' => ['(seconds|moments)', static fn (mixed $bad): mixed => (new Calendar())->days($bad)];
        yield 'calendar instants' => ['days', static fn (mixed $bad): mixed => (new Calendar())->instants($bad)];
        yield 'calendar numbers' => ['month', static fn (mixed $bad): mixed => (new Calendar())->numbers([2024], $bad, [1])];
        foreach (['expected', 'actual', 'weight'] as $i => $name) {
            $with = static fn (mixed $bad): array => array_replace([[1.0], [1.0], null], [$i => $bad]);
            yield "evaluation errors $name" => [$name, static fn (mixed $bad): mixed => Evaluation::errors(...$with($bad))];
            yield "evaluation ranking $name" => [$name, static fn (mixed $bad): mixed => Evaluation::ranking(...$with($bad))];
            yield "evaluation calibration $name" => [$name, static fn (mixed $bad): mixed => Evaluation::calibration($with($bad)[0], $with($bad)[1], 2, $with($bad)[2])];
        }
        yield 'evaluation gains' => ['share', static fn (mixed $bad): mixed => Evaluation::gains([1.0], [1.0], $bad)];
        yield 'evaluation coverage' => ['high', static fn (mixed $bad): mixed => Evaluation::coverage([1.0], $bad, [1.0])];
        yield 'evaluation by frequency' => ['frequency', static fn (mixed $bad): mixed => Evaluation::byFrequency($bad, [1.0], [1.0])];
        yield 'crr grade' => ['cuts', static fn (mixed $bad): mixed => Crr::grade(.5, $bad)];
        $list = static fn (mixed $bad): array => is_array($bad) ? $bad : [$bad];
        $table = static fn (mixed $bad): CohortTable => new CohortTable(new Periods([0, 1]), CohortKind::Period, $list($bad), [[1]]);
        $edges = static fn (mixed $bad): mixed => Crr::periods($orders(), 9, new Periods($list($bad)), windowDays: 5);
        yield 'revenue amounts' => ['amounts', static fn (mixed $bad): mixed => Revenue::amounts($bad, 2)];
        $plan = new RevenuePlan(customers: 10, margin: 1, baseRetention: .5, periods: 12);
        yield 'revenue profit' => ['retention', static fn (mixed $bad): mixed => $plan->profit($bad)];
        yield 'crr flags' => ['active', static fn (mixed $bad): mixed => Crr::flags($bad, 2)];
        yield 'crr edges' => ['edges', $edges];
        yield 'cohort size' => ['size', static fn (mixed $bad): mixed => $table($bad)->retention()];
        $rfm = new Rfm([30, 60, 90, 180], [2, 3, 4, 5], [10, 50, 100, 500]);
        foreach (['days_since_last', 'occasions', 'revenue'] as $i => $name) {
            $three = static fn (mixed $bad): array => array_replace([[1.0], [1.0], [1.0]], [$i => $bad]);
            $said = RawCalls::spoken($name);
            yield "rfm fit $name" => [$said, static fn (mixed $bad): mixed => Rfm::fitColumns(...$three($bad))];
            yield "rfm scores $name" => [$said, static fn (mixed $bad): mixed => $rfm->scoreColumns(...$three($bad))];
            yield "rfm table $name" => [$said, static fn (mixed $bad): mixed => Rfm::table([0], 1, ...$three($bad))];
        }
        yield 'rfm days' => ['lastDay', static fn (mixed $bad): mixed => Rfm::daysSinceLast($bad, 9)];
        yield 'rfm table' => ['segment', static fn (mixed $bad): mixed => Rfm::table($bad, 1)];
        yield 'rfm before' => ['before', static fn (mixed $bad): mixed => Rfm::migration($bad, [0], [1], [0], 1)];
        yield 'rfm after' => ['afterSegment', static fn (mixed $bad): mixed => Rfm::migration([1], [0], [1], $bad, 1)];
        yield 'rfm tiers' => ['value', static fn (mixed $bad): mixed => Rfm::tiers($bad)];
        yield 'rfm cuts' => ['cuts', static fn (mixed $bad): mixed => Rfm::tiers([1.0], TierKind::Value, $bad)];
        yield 'rfm lorenz' => ['value', static fn (mixed $bad): mixed => Rfm::lorenz($bad, [.5])];
        yield 'rfm top share' => ['value', static fn (mixed $bad): mixed => Rfm::topShare($bad)];
        yield 'rfm gini' => ['value', static fn (mixed $bad): mixed => Rfm::gini($bad)];
        yield 'survey nps' => ['(score)', static fn (mixed $bad): mixed => Survey::nps($bad)];
        yield 'survey csat' => ['(score)', static fn (mixed $bad): mixed => Survey::csat($bad)];
        yield 'survey ces' => ['(score)', static fn (mixed $bad): mixed => Survey::ces($bad)];
        yield 'survey by' => ['by', static fn (mixed $bad): mixed => Survey::nps([1], $bad)];
        yield 'survey responses' => ['responses', static fn (mixed $bad): mixed => Survey::response($bad, [1])];
        yield 'survey invited' => ['invited', static fn (mixed $bad): mixed => Survey::response([1], $bad)];
        yield 'survey customer' => ['customer', static fn (mixed $bad): mixed => Survey::retention($bad, [1], [1], $orders(), 9)];
        yield 'survey day' => ['day', static fn (mixed $bad): mixed => Survey::retention([1], $bad, [1], $orders(), 9)];
        yield 'survey score' => ['(score)', static fn (mixed $bad): mixed => Survey::retention([1], [1], $bad, $orders(), 9)];
        yield 'signals customer' => ['customer', static fn (mixed $bad): mixed => (new Signals($bad, [1]))->perCustomer([1], 9)];
        yield 'signals day' => ['day', static fn (mixed $bad): mixed => (new Signals([1], $bad))->perCustomer([1], 9)];
        yield 'signals value' => ['value', static fn (mixed $bad): mixed => (new Signals([1], [1], null, $bad))->perCustomer([1], 9)];
        yield 'signals customers' => ['customers', static fn (mixed $bad): mixed => (new Signals([1], [1]))->perCustomer($bad, 9)];
        yield 'signals since' => ['knownSince', static fn (mixed $bad): mixed => (new Signals([1], [1]))->perCustomer([1], 9, 5, $bad)];
        yield 'signals effect' => ['customer', static fn (mixed $bad): mixed => (new Signals($bad, [1]))->effect($orders(), 9)];
        $panel = static fn (mixed ...$rest): mixed => (new Features())->panel($orders(), ...$rest);
        yield 'features dates' => ['dates', static fn (mixed $bad): mixed => $panel($bad, 9)];
        yield 'features discount' => ['discount', static fn (mixed $bad): mixed => $panel([5], 9, null, $bad ?? 5)];
        yield 'features category' => ['category', static fn (mixed $bad): mixed => $panel([5], 9, null, null, $bad ?? 5)];
        yield 'features split' => ['dates', static fn (mixed $bad): mixed => (new Features())->split($bad, 5, 9)];
        yield 'survival exit' => ['exit', static fn (mixed $bad): mixed => (new Survival($bad))->curve()];
        yield 'survival event' => ['event', static fn (mixed $bad): mixed => (new Survival([1.0], $bad ?? 5))->curve()];
        yield 'survival times' => ['times', static fn (mixed $bad): mixed => (new Survival([1.0]))->at($bad)];
        yield 'survival by' => ['by', static fn (mixed $bad): mixed => (new Survival([1.0]))->compare($bad)];
        yield 'service opened' => ['opened', static fn (mixed $bad): mixed => Service::times($bad, [1], 9)];
        yield 'service by' => ['by', static fn (mixed $bad): mixed => Service::times([1], [1], 9, by: $bad)];
        yield 'service customer' => ['customer', static fn (mixed $bad): mixed => Service::contacts($bad, [1], [1], 9, 1)];
        yield 'service contacts' => ['contacts', static fn (mixed $bad): mixed => Service::contacts([1], [1], [1], 9, 1, $bad)];
        yield 'service promised' => ['promised', static fn (mixed $bad): mixed => Service::late($bad, [1], 9)];
        yield 'service ordered' => ['ordered', static fn (mixed $bad): mixed => Service::returns($bad, [1], 9)];
        $contract = new Sbg(.7, 1.2, 365.25);
        yield 'contract fit' => ['periods', static fn (mixed $bad): mixed => Sbg::fit($bad, [1], 365.25)];
        yield 'contract left' => ['left', static fn (mixed $bad): mixed => Sbg::fit([1], $bad, 365.25)];
        yield 'contract weight' => ['weight', static fn (mixed $bad): mixed => Sbg::fit([1], [1], 365.25, $bad)];
        yield 'contract survival' => ['t', static fn (mixed $bad): mixed => $contract->survival($bad)];
        yield 'contract survived' => ['survived', static fn (mixed $bad): mixed => $contract->discounted($bad)];
        yield 'contract retention' => ['t', static fn (mixed $bad): mixed => $contract->retention($bad)];
        yield 'contract simulate' => ['decisions', static fn (mixed $bad): mixed => $contract->simulate($bad, 1)];
        yield 'rows' => ['score', static fn (mixed $bad): mixed => iterator_to_array($customers()->rows(score: $bad))];
    }

    /** @dataProvider parameters */
    public function testRefusesWhatIsNoColumn(string $name, callable $call): void
    {
        $text = new class () {
            public function __toString(): string
            {
                return pack('d', 1.0);
            }
        };
        $closure = static fn (): array => [1];
        $objects = [new \stdClass(), $text, $closure, STDIN, new \ArrayObject([1]), true];
        foreach ([...$objects, [new \stdClass()], [null], [[1]], ['k' => 1], [1 => 1]] as $bad) {
            if ($name === 'score' && is_array($bad) && $bad !== ['k' => 1] && $bad !== [1 => 1]) {
                continue; /* rows() hands rows on and does not look into them */
            }
            $thrown = self::thrownBy(static fn () => $call($bad));
            $refused = $thrown instanceof RetainException || $thrown instanceof \TypeError;
            self::assertTrue($refused, get_debug_type($bad) . ' threw ' . get_debug_type($thrown));
            self::assertMatchesRegularExpression("/\\b$name\\b/", $thrown->getMessage(), get_debug_type($bad));
        }
        /* 12345678 has eight digits: in a string parameter it would have become one packed number */
        if (!in_array($name, ['edges', 'size', 'score'], true)) {
            self::assertInstanceOf(RetainException::class, self::thrownBy(static fn () => $call(12345678)));
        }
    }

    public function testHelpsWithColumnsOfEveryKind(): void
    {
        foreach (['q' => [1, -2], 'd' => [1.5, NAN], 'C' => [0, 255]] as $format => $list) {
            $packed = pack("$format*", ...$list);
            $column = match ($format) {
                'q' => Column::int64($list),
                'd' => Column::float64($list),
                default => Column::uint8($list),
            };
            foreach ([$list, $packed, $column] as $any) {
                self::assertSame($packed, Columns::pack($any, $format));
                self::assertSame(2, Columns::count($any, $format));
                self::assertSame(Columns::forJson($list), Columns::forJson(Columns::list($any, $format)));
            }
            self::assertSame([], Columns::list('', $format));
        }
        self::assertSame([null, null, ['x' => [null]]], Columns::forJson([NAN, -INF, ['x' => Column::float64([NAN])]]));
    }

    public function testRefusesBadValuesWhereTheyAreGiven(): void
    {
        $calls = [
            'r is -1; it must be positive and finite' => static fn () => new BgNbd(-1, 1, 1, 1, 7),
            'beta is INF; it must be positive and finite' => static fn () => new ParetoNbd(1, 1, 1, INF, 7),
            'unitDays is 0; it must be positive' => static fn () => new ParetoNbd(1, 1, 1, 1, 0),
            'q is 0; it must be positive and finite' => static fn () => new GammaGamma(1, 0, 1),
            'threads is 257; it must lie in [0, 256]' => static fn () => new Context(threads: 257),
            'unitDays is -7; it must be positive' => static fn () => new Customers([1], [1], [5], -7),
            't_x has 2 rows, frequency has 1; they must have as many' => static fn () => new Customers([1], [1, 2], [5], 7),
            'value has 2 rows, customer has 1; they must have as many' => static fn () => new Orders([1], [0], [1.0, 2.0]),
            'edges[1] is 5; it must be later than the edge before it, 7' => static fn () => new Periods([7, 5]),
            'step is 0; it must be positive' => static fn () => new Periods([5, 7], step: 0),
            'days is -1; it must be finite and at least 0' => static fn () =>
                (new BgNbd(.243, 4.414, .793, 2.426, 7))->orders(new Customers([1], [1], [5], 7), days: -1),
        ];
        foreach ($calls as $says => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, $says);
            self::assertSame($says, $thrown->getMessage());
        }
    }
}
