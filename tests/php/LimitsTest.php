<?php

declare(strict_types=1);

namespace Retain\Tests;

/** A web request's process: 256 MB and 30 seconds, for a shop of 100,000 customers and some hundred thousand orders. */
final class LimitsTest extends TestCase
{
    /** Customers who buy at rates of their own and leave at rates of their own, over two years. */
    private const SHOP = '
        function rows(): Generator {
            mt_srand(11);
            $draw = fn (float $mean): float => -$mean * log((1 + mt_rand()) / (2 + mt_getrandmax()));
            for ($customer = 0; $customer < 100000; $customer++) {
                $day = mt_rand(0, 600);
                [$gap, $end] = [1 / $draw(0.02), min(730, $day + $draw(1 / $draw(0.004)))];
                for ($at = $day; $at < $end || $at === $day; $at += $draw($gap)) {
                    yield ["id" => %s, "at" => gmdate("Y-m-d H:i:s", 1600000000 + (int) ($at * 86400)), "total" => (string) mt_rand(5, 99)];
                }
            }
        }';

    private const REPORT = '
        $calendar = new Retain\Calendar("Europe/London");
        $periods = $calendar->periods("2020-09-01", "2022-09-13");
        $crr = Retain\Crr::periods($orders, "2022-09-13", $periods, windowDays: 90);
        Retain\Revenue::bridge($orders, "2022-09-13", $periods);
        $cohorts = Retain\Cohort::active($orders, "2022-09-13", $periods);
        $cohorts->retention(); $cohorts->average();
        $customers = $orders->summary("2022-09-13", unitDays: 7);
        $model = Retain\Btyd\ParetoNbd::fit($customers);
        $spend = new Retain\Spend\GammaGamma(6.25, 3.74, 15.44);
        $residual = Retain\Clv::residual($model, $customers, $spend->expected($customers), 365, .1, .3);
        $risk = Retain\Churn::risk($model, $customers);
        $loss = Retain\Churn::expectedLoss($risk, $residual, 1, .1);
        $told = 0;
        $more = ["alive" => $model->alive($customers), "soon" => $model->orders($customers, days: 90), "risk" => $risk, "gain" => $loss["gain"]];
        foreach ($customers->rows(...$more, residual: $residual) as $row) {
            $told += $row["risk"] >= 0;
        }
        $used = getrusage(); // as max_execution_time does, this counts the time of the process, not of others on the machine
        $seconds = $used["ru_utime.tv_sec"] + $used["ru_utime.tv_usec"] / 1e6 + $used["ru_stime.tv_sec"] + $used["ru_stime.tv_usec"] / 1e6;
        $megabytes = memory_get_peak_usage(true) >> 20;
        printf("%d customers, %d told, %d rows, %d MB, %.1f s", count($customers), $told, count($orders), $megabytes, $seconds);';

    /** @return iterable<string, array{string, string}> */
    public function ways(): iterable
    {
        $read = '$shop = new Retain\Calendar("Europe/London");
            $orders = Retain\Orders::read(rows(), "id", time: "at", value: "total", calendar: $shop, written: "UTC");';
        yield 'a cursor, ints' => ['$customer', $read];
        yield 'a cursor, strings' => ['"customer-$customer@example.org"', $read];
        yield 'lists' => ['$customer', '
            $id = $day = $value = [];
            foreach (rows() as $row) { $id[] = $row["id"]; $day[] = substr($row["at"], 0, 10); $value[] = (float) $row["total"]; }
            $orders = new Retain\Orders($id, $day, $value); unset($id, $day, $value);'];
        yield 'packed strings' => ['$customer', '
            $id = $day = $value = "";
            foreach (rows() as $row) {
                $id .= pack("q", $row["id"]);
                $day .= pack("q", intdiv(strtotime($row["at"] . " UTC"), 86400));
                $value .= pack("d", $row["total"]);
            }
            $orders = new Retain\Orders($id, $day, $value); unset($id, $day, $value);'];
    }

    /** @dataProvider ways */
    public function testReportsOnAShopOfAHundredThousandCustomers(string $id, string $read): void
    {
        $script = str_replace('%s', $id, self::SHOP) . $read . self::REPORT;
        [$code, $output] = self::run_script($script, 'memory_limit=256M', 'max_execution_time=30');
        self::assertSame(0, $code, $output);
        self::assertMatchesRegularExpression('/^100000 customers, 100000 told, \d{6} rows, \d+ MB, [\d.]+ s$/', $output);
        sscanf($output, '100000 customers, 100000 told, %d rows, %d MB, %f s', $rows, $megabytes, $seconds);
        self::assertGreaterThan(300000, $rows);
        self::assertLessThanOrEqual(256, $megabytes);
        self::assertLessThan(30, $seconds);
        if (getenv('RETAIN_TIMES')) {
            fwrite(STDERR, $this->dataName() . ": $output\n");
        }
    }

    /** @return iterable<string, array{string}> calls whose result would not fit into 64 MB */
    public function large(): iterable
    {
        $log = '$orders = new Retain\Orders([1, 2], [0, 5], [1.0, 1.0]); $days = new Retain\Periods(range(0, 1500));';
        yield 'cohort table' => [$log . 'Retain\Cohort::active($orders, 2000, $days);'];
        yield 'cohort cells' => [$log . 'Retain\Cohort::cells($orders, 2000, $days);'];
        yield 'groups' => ['Retain\Survey::nps(str_repeat(pack("d", 9), 200000), range(1, 200000));'];
        yield 'service' => ['Retain\Service::times(range(1, 100000), range(1, 100000), 200000, by: range(1, 100000));'];
        yield 'signals' => ['(new Retain\Signals(range(1, 3000), range(1, 3000), range(1, 3000)))->perCustomer(range(1, 3000), 4000);'];
    }

    /** @dataProvider large */
    public function testRefusesWhatTheMemoryLimitCannotHold(string $call): void
    {
        $catch = 'try { ' . $call . ' echo "done"; } catch (Retain\Exception\MemoryException $full) { echo "refused"; }';
        self::assertSame([0, 'refused'], self::run_script($catch, 'memory_limit=64M'));
        [$code, $output] = self::run_script(str_replace(['1500', '200000', '100000', '3000'], ['150', '2000', '1000', '30'], $catch), 'memory_limit=64M');
        self::assertSame([0, 'done'], [$code, $output]);
    }
}
