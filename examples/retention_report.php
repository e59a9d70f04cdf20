<?php

/**
 * The figures of retention_report in PHP: the CSV files that need nothing but orders, from the same database.
 *
 *     php -d extension=retain.so examples/retention_report.php build/report/orders.db build/report-php [MODEL]
 *
 * MODEL, the one behind risk and value, is pareto_nbd unless told: bg_nbd, mbg_nbd, nbd, gg_nbd, bg_cnbd or mbg_cnbd.
 */

declare(strict_types=1);

use Retain\Btyd\{BgCnbd, BgNbd, Family, GgNbd, MbgCnbd, MbgNbd, Model, Nbd, ParetoNbd, Question, RegularModel};
use Retain\Exception\{ConvergenceException, DataException};
use Retain\Spend\GammaGamma;
use Retain\Rfm\Segment;
use Retain\{Calendar, Churn, Clv, Cohort, Crr, Customers, Day, Evaluation, Orders, Repeat, Revenue, Rfm, Risk, Verdict};

require __DIR__ . '/../bindings/php/autoload.php';

[, $database, $out, $chosen] = [...$argv, 'pareto_nbd'];
is_dir($out) || mkdir($out, recursive: true);
$pdo = new PDO("sqlite:$database");
$hasOrderIds = in_array('order_id', $pdo->query("SELECT name FROM pragma_table_info('orders')")->fetchAll(PDO::FETCH_COLUMN), true);
$shop = new Calendar('UTC'); // the times of the table are the shop's own
$orders = Orders::read(
    $pdo->query('SELECT * FROM orders', PDO::FETCH_ASSOC),
    time: 'time',
    order: $hasOrderIds ? 'order_id' : null,
    calendar: $shop,
);
try {
    $end = $orders->lastDay();
} catch (DataException $e) {
    fwrite(STDERR, "no order in the log has a positive value, or all were refunded: there is nothing to report ({$e->getMessage()})\n");
    exit(1);
}
$customers = $orders->summary($end, unitDays: 7, logGaps: true);

/** Numbers that do not exist are empty. */
$write = static function (string $name, string $header, iterable $rows) use ($out): void {
    $file = fopen("$out/$name", 'w');
    fputcsv($file, explode(',', $header));
    foreach ($rows as $row) {
        fputcsv($file, array_map(static fn ($cell) => is_float($cell) && is_nan($cell) ? '' : $cell, $row));
    }
    fclose($file);
};

// What happened: the customers' coming and going by month, and cohorts by age. Months that are not over are empty.
$first = INF;
foreach ($customers->rows() as $row) {
    $first = min($first, $row['firstDay']);
}
$months = $shop->periods((int) $first, $end);
$crr = Crr::periods($orders, $end, $months, windowDays: 90);
$write('retention.csv', 'period,start,new,retained,reactivated,lost,end,crr,crr_low,crr_high,crr_strict,crr_strict_low,crr_strict_high', (function () use ($crr, $months) {
    foreach ($crr->end as $k => $active) {
        $start = is_nan($active) ? NAN : $crr->start[$k];
        yield [Day::iso($months->edges[$k]), $start, $crr->gained[$k], $crr->retained[$k], $crr->reactivated[$k], $crr->lost[$k], $active,
            $crr->crr[$k], $crr->crrLow[$k], $crr->crrHigh[$k], $crr->crrStrict[$k], $crr->crrStrictLow[$k], $crr->crrStrictHigh[$k]];
    }
})());

$cohorts = Cohort::active($orders, $end, $months);
$rates = $cohorts->retention();
$write('cohorts.csv', 'cohort,age,size,active,retention,retention_low,retention_high,orders,revenue,complete', (function () use ($cohorts, $rates, $months) {
    for ($c = 0, $n = count($months); $c < $n; $c++) {
        for ($age = 0; $c + $age < $n; $age++) {
            yield [Day::iso($months->edges[$c]), $age, $cohorts->size[$c], $cohorts->active[$c][$age], $rates->rate[$c][$age], $rates->low[$c][$age],
                $rates->high[$c][$age], $cohorts->orders[$c][$age], $cohorts->revenue[$c][$age], (int) $cohorts->complete[$c][$age]];
        }
    }
})());

// Who they are: segments by recency, frequency and money. A spreadsheet would compute an id that begins like a formula: an apostrophe stops it.
$harmless = static fn (int|string $id): string => preg_replace('~^(?=[=@\t\r\n]|[+-](?![0-9 .()/-]*$))~D', "'", (string) $id);
$scores = Rfm::fit($customers, $end)->scores($customers, $end);
$write('rfm.csv', 'customer,r,f,m,segment', (function () use ($scores, $harmless) {
    foreach ($scores->segments() as $i => $segment) {
        yield [$harmless($scores->id[$i]), $scores->r[$i], $scores->f[$i], $scores->m[$i], $segment->label()];
    }
})());
$table = $scores->table();
$write('segments.csv', 'segment,customers,share,share_low,share_high,revenue,revenue_share,revenue_share_low,revenue_share_high,days_since_last,occasions,mean_revenue,mean_revenue_low,mean_revenue_high', (function () use ($table) {
    foreach ($table->customers as $s => $count) {
        yield [Segment::tryFrom($s)?->label() ?? 'all', $count, $table->share[$s], $table->shareLow[$s], $table->shareHigh[$s], $table->revenue[$s],
            $table->revenueShare[$s], $table->revenueShareLow[$s], $table->revenueShareHigh[$s], $table->daysSinceLast[$s], $table->occasions[$s],
            $table->meanRevenue[$s], $table->meanRevenueLow[$s], $table->meanRevenueHigh[$s]];
    }
})());

// Who buys again, and how soon; where the revenue came from, and where it went.
$columns = static function (object $table, array $names): Generator {
    for ($k = 0, $n = count($table); $k < $n; $k++) {
        yield $k => array_map(static fn (string $name): float => $table->$name[$k], $names);
    }
};
$funnel = Repeat::funnel($orders, $end, steps: 8, horizonDays: 90);
$write('repeat.csv', 'order,customers,continued,conversion,conversion_low,conversion_high,within,within_low,within_high,median_days,median_low,median_high,value,value_low,value_high', (function () use ($funnel, $columns) {
    foreach ($columns($funnel, ['customers', 'continued', 'conversion', 'conversionLow', 'conversionHigh', 'within', 'withinLow', 'withinHigh', 'medianDays', 'medianLow', 'medianHigh', 'value', 'valueLow', 'valueHigh']) as $k => $row) {
        yield [$k + 1, ...$row];
    }
})());
$write('second_order.csv', 'days,at_risk,events,share,low,high', $columns(Repeat::curve($orders, $end), ['days', 'atRisk', 'events', 'share', 'low', 'high']));
$bridge = Revenue::bridge($orders, $end, $months);
$write('revenue.csv', 'period,start,acquired,reactivated,expansion,contraction,lost,end,start_customers,acquired_customers,reactivated_customers,expanded_customers,contracted_customers,lost_customers,end_customers,grr,grr_low,grr_high,nrr,nrr_low,nrr_high', (function () use ($bridge, $columns, $months) {
    foreach ($columns($bridge, ['start', 'acquired', 'reactivated', 'expansion', 'contraction', 'lost', 'end', 'startCustomers', 'acquiredCustomers', 'reactivatedCustomers', 'expandedCustomers', 'contractedCustomers', 'lostCustomers', 'endCustomers', 'grr', 'grrLow', 'grrHigh', 'nrr', 'nrrLow', 'nrrHigh']) as $k => $row) {
        yield [Day::iso($months->edges[$k]), ...(is_nan($bridge->end[$k]) ? array_fill(0, count($row), NAN) : $row)];
    }
})());

// What to expect: three models and the one that was chosen, and one of spend. One that ended on a boundary or a ridge can still forecast, and
// says so.
$fits = [];
$families = ['pareto_nbd' => ParetoNbd::class, 'bg_nbd' => BgNbd::class, 'mbg_nbd' => MbgNbd::class];
$families += array_intersect_key(['nbd' => Nbd::class, 'gg_nbd' => GgNbd::class, 'bg_cnbd' => BgCnbd::class, 'mbg_cnbd' => MbgCnbd::class], [$chosen => true]);
foreach ($families + ['gamma_gamma' => GammaGamma::class] as $name => $family) {
    try {
        $fits[$name] = $family::fit($customers);
    } catch (ConvergenceException $e) {
        $fits[$name] = $e->model;
    }
}
$write('models.csv', 'model,parameter,estimate,standard_error,log_likelihood,customers,verdict', (function () use ($fits) {
    foreach ($fits as $name => $fit) {
        foreach ($fit->report->estimate as $parameter => $estimate) {
            yield [$name, $parameter, $estimate, $fit->report->standardError[$parameter], $fit->report->logLikelihood, $fit->report->customers,
                strtolower(preg_replace('/\B[A-Z]/', ' $0', $fit->report->verdict->name))];
        }
        if ($fit instanceof RegularModel && $fit->k > 0) {
            yield [$name, 'k', $fit->k, NAN, $fit->report->logLikelihood, $fit->report->customers,
                strtolower(preg_replace('/\B[A-Z]/', ' $0', $fit->report->verdict->name))];
        }
    }
})());

// What each customer is worth, and who is about to leave: empty where too few have come back to tell.
[$chosen => $model, 'gamma_gamma' => $spend] = $fits;
$usable = static fn (object $fit): bool => in_array($fit->report->verdict, [Verdict::Converged, Verdict::Boundary, Verdict::Ridge], true);
// Without a typical amount there is nothing to say of those who came once.
$valued = $usable($model) && $usable($spend) && ($spend->report->verdict === Verdict::Converged || !is_nan($spend->mean()));
$alive = $expected = $risk = $clv = $atRisk = array_fill(0, count($customers), NAN);
[$band, $sum] = [[], 0.0];
if ($usable($model)) {
    $alive = $model->alive($customers);
    $expected = $model->orders($customers, days: 90);
    $risk = Churn::risk($model, $customers, horizonDays: 90);
    $band = Churn::bands($risk);
}
if ($valued) {
    $clv = Clv::residual($model, $customers, $spend->expected($customers), horizonDays: 365, annualRate: 0.10);
    ['valueAtRisk' => $atRisk, 'sum' => $sum] = Clv::atRisk($risk, $clv);
}
// When each will order next: the day by which the order has come with even chances, empty for those who likelier never come back.
$next = $usable($model) ? $model->forecast($customers, Question::nextOrder(0.5)) : array_fill(0, count($customers), NAN);
$nextDay = static fn (float $weeks): string => 7.0 * $weeks <= 36525.0 ? Day::iso($end + (int) ceil(7.0 * $weeks)) : '';
$more = $customers->rows(alive: $alive, expected: $expected, risk: $risk, clv: $clv, atRisk: $atRisk, next: $next);
$write('customers.csv', 'customer,orders,occasions,first_day,last_day,frequency,t_x,T,spend,revenue,p_alive,expected_orders,risk,band,clv,value_at_risk,next_order', (function () use ($more, $band, $harmless, $nextDay) {
    foreach ($more as $i => $row) {
        yield [$harmless($row['id']), $row['orders'], $row['occasions'], Day::iso($row['firstDay']), Day::iso($row['lastDay']), $row['frequency'], $row['t_x'], $row['T'],
            $row['spend'], $row['revenue'], $row['alive'], $row['expected'], $row['risk'], ['low', 'medium', 'high'][$band[$i] ?? -1] ?? '', $row['clv'], $row['atRisk'], $nextDay($row['next'])];
    }
})());

// Whom to act on first, and why: what the shop's own past tells, tested on customers it had not seen. Empty where that past is too short.
$leaving = static function () use ($orders, $end, $model, $harmless): iterable {
    try {
        $family = $model instanceof RegularModel ? Family::ParetoNbd : $model::family();
        $found = (new Risk(horizonDays: 90, family: $family, annualRate: 0.10))->score($orders, $end);
    } catch (ConvergenceException) {
        return;
    }
    foreach ($found->customer as $i => $customer) {
        $row = [$harmless((string) $customer), $found->risk[$i], $found->riskLow[$i], $found->riskHigh[$i], $found->residual[$i], $found->valueAtRisk[$i], $found->rank[$i]];
        foreach ([0, 1, 2] as $place) {
            $reason = $found->reasons($i)[$place] ?? null;
            array_push($row, $reason['theme'] ?? '', $reason['effect'] ?? NAN);
        }
        yield $row;
    }
};
$write('leaving.csv', 'customer,risk,risk_low,risk_high,residual,value_at_risk,rank,reason_1,effect_1,reason_2,effect_2,reason_3,effect_3', $leaving());

// What to expect: orders of the months to come, and of the last months as they would have been foreseen before each. Each forecast is of those
// who were customers when it was made. Its band has room for what moves all customers at once, as far as earlier forecasts were off.
$past = ['expected' => [], 'actual' => [], 'variance' => []];
$look = static function (int $made, int $first, int $last, ?Model $model, Customers $known) use ($orders, $end, &$past): array {
    $came = $last > $end ? NAN : array_sum(iterator_to_array($orders->holdout($known, $made, $last)->occasions));
    if ($model === null) {
        return [Day::iso($first), Day::iso($made), count($known), $came, ...array_fill(0, 6, NAN)];
    }
    $total = $model->total($known, Question::orders(t: ($last + 1 - $first) / 7.0, since: ($first - 1 - $made) / 7.0));
    $variance = $total->variance + (is_nan($total->standardError) ? 0.0 : $total->standardError ** 2);
    [$least, $most, $shock] = is_nan($came) ? [$total->least, $total->most, NAN] : [NAN, NAN, NAN];
    if (count($past['expected']) >= 3) {
        $shocks = Evaluation::shocks($past['expected'], $past['actual'], $past['variance'], unbiased: true);
        $band = $shocks->band([$total->value], [$variance]);
        [$least, $most, $shock] = [$band->low[0], $band->high[0], $shocks->tau];
    }
    if ($total->value > 1e-9 && $variance > 0.0 && !is_nan($came)) {
        foreach (['expected' => $total->value, 'actual' => $came, 'variance' => $variance] as $column => $value) {
            $past[$column][] = (float) $value;
        }
    }
    return [Day::iso($first), Day::iso($made), count($known), $came, $total->value, $total->low, $total->high, $least, $most, $shock];
};
$write('outlook.csv', 'period,made,customers,orders,expected,low,high,least,most,shock', (function () use ($look, $months, $orders, $shop, $end, $usable, $model, $customers, $families, $chosen) {
    $edges = $months->edges;
    for ($over = -1; isset($edges[$over + 2]) && $edges[$over + 2] <= $end + 1; $over++);
    for ($k = max(1, $over - 17); $k <= $over; $k++) {
        [$known, $then] = [$orders->summary($edges[$k] - 1, unitDays: 7, logGaps: true), null];
        if ($usable($model) && $k > intdiv($over, 3) && $over - $k < 12) {
            try {
                $then = $families[$chosen]::fit($known);
            } catch (ConvergenceException $e) {
                $then = $usable($e->model) ? $e->model : null;
            }
        }
        yield $look($edges[$k] - 1, $edges[$k], $edges[$k + 1] - 1, $then, $known);
    }
    if ($usable($model)) {
        $ahead = array_values(array_filter($shop->periods($end + 1, $end + 218)->edges, static fn (int $edge): bool => $edge > $end));
        for ($k = 0; $k < 6; $k++) {
            yield $look($end, $ahead[$k], $ahead[$k + 1] - 1, $model, $customers);
        }
    }
})());

// What customers are worth, by the month of their first order: so far, and in the year to come.
$names = ['customers', 'historic', 'residual', 'residualLow', 'residualHigh', 'residualLeast', 'residualMost', 'meanResidual', 'meanResidualLow',
    'meanResidualHigh', 'meanTotal', 'meanTotalLow', 'meanTotalHigh'];
$write('value.csv', 'cohort,customers,historic,residual,residual_low,residual_high,residual_least,residual_most,mean_residual,mean_residual_low,mean_residual_high,mean_total,mean_total_low,mean_total_high', (function () use ($valued, $model, $spend, $customers, $months, $names) {
    if (!$valued) {
        return;
    }
    $month = static fn (array $row): string => Day::iso(max(array_filter($months->edges, static fn (int $edge): bool => $edge <= $row['firstDay'])));
    $of = [];
    foreach ($customers->rows() as $row) {
        $of[] = $month($row);
    }
    $found = Clv::sums($model, $customers, $spend, new Clv\Terms(annualRate: 0.10, horizonDays: 365), $of, $customers->revenue);
    foreach ($found->rows() as $row) {
        yield [$row['group'], ...array_map(static fn (string $name): float => $row[$name], $names)];
    }
    yield ['all', ...array_map(static fn (string $name): float => $found->total[$name], $names)];
})());
$worth = $valued ? 'value at risk ' . number_format($sum) : 'what they will be worth cannot be told';
printf("%s customers up to %s, %s; written to %s\n", number_format(count($customers)), Day::iso($end), $worth, $out);
