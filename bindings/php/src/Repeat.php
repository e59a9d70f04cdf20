<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Repeat purchases: who comes back, when, and what do they spend then?
 *
 *     $found = Repeat::summary($orders, '2024-06-30');
 *     $found->repeat->value;                                        // share of customers with two or more occasions
 *     $found->laterToFirst->value;                                  // value of a returning occasion against a first one
 *     Repeat::within($orders, '2024-06-30', [30, 90])->share;       // share back within 30 and 90 days, open gaps censored
 *
 * Shop tools call three different shares "repeat rate": `repeat` (of all customers, those with two or more occasions ever),
 * `repeatWithin` (of the customers of a period, those with two or more occasions in it) and `returningShare` (of the customers of a
 * period, those whose first occasion lies before it).
 */
final class Repeat
{
    /**
     * Shares, orders and money of all customers of a log.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function summary(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatSummary {
        $result = retain_repeat_summary(
            $context?->raw(),
            ...[...self::log($orders, $observationEnd), ...self::counting($occasionDays, $countZeroOrders), Columns::level($level)]
        );
        $figures = [];
        foreach ($result['record'] as $name => $numbers) {
            $figures[lcfirst(str_replace('_', '', ucwords($name, '_')))] = new Figure(...$numbers);
        }
        return new RepeatSummary(...$figures);
    }

    /**
     * Who bought in a period: for the first time, coming back, more than once.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param Periods $periods one window is one period. The log should begin with the shop, or old customers look new
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function periods(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        Periods $periods,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatPeriods {
        $result = retain_repeat_periods(
            $context?->raw(),
            ...[
                ...self::log($orders, $observationEnd),
                $periods->edges,
                ...self::counting($occasionDays, $countZeroOrders),
                Columns::level($level),
                ...array_fill(0, 15, true),
            ]
        );
        return new RepeatPeriods($periods, ...Columns::lists($result));
    }

    /**
     * The order-number funnel: first, second, third, … occasion, how many get there, how soon, and what they spend.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param int $steps order numbers 1 to this
     * @param int $horizonDays H of the share that reaches the next occasion within H days
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function funnel(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        int $steps = 10,
        int $horizonDays = 90,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatFunnel {
        $result = retain_repeat_funnel(
            $context?->raw(),
            ...[
                ...self::log($orders, $observationEnd),
                $steps,
                ...self::counting($occasionDays, $countZeroOrders),
                Columns::level($level),
                Columns::positiveInt($horizonDays, 'horizonDays'),
                ...array_fill(0, 14, true),
            ]
        );
        return new RepeatFunnel($horizonDays, ...Columns::lists($result));
    }

    /**
     * Value of occasions by tenure: do customers spend more, the longer they have been with the shop?
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param mixed $ages list<int>|string|Column: days since the first occasion at which bands begin, one more than there are bands;
     *                    the default has first occasions in a band of their own. Older occasions are not counted
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function tenure(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        mixed $ages = [0, 1, 31, 91, 181, 366, 731],
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatTenure {
        $ages = Columns::ints($ages, 'ages');
        $result = retain_repeat_tenure(
            $context?->raw(),
            ...[
                ...self::log($orders, $observationEnd),
                $ages,
                ...self::counting($occasionDays, $countZeroOrders),
                Columns::level($level),
                ...array_fill(0, 6, true),
            ]
        );
        return new RepeatTenure($ages, ...Columns::lists($result));
    }

    /**
     * When do customers order: orders and money by day of the week, and by hour.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param mixed $moments optional: when each row of the log was written, as Calendar::local() takes it
     * @param ?Calendar $calendar the shop's calendar; needed with `moments`
     * @param \DateTimeZone|string|null $written zone in which moments without offset were written; null means the shop's own
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     * @throws DataException where a moment lies on another day in the shop than the log says
     */
    public static function profile(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        mixed $moments = null,
        ?Calendar $calendar = null,
        \DateTimeZone|string|null $written = null,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatProfile {
        if ($moments !== null && $calendar === null) {
            throw new ArgumentException('calendar is missing; a moment is a time of day only in some time zone', 1);
        }
        $second = $moments === null ? null : self::secondsOfDay($orders, $calendar->local($moments, $written));
        $result = retain_repeat_profile(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                $second,
                Day::of($observationEnd, 'observationEnd'),
                (int) $countZeroOrders,
                true,
                true,
            ]
        );
        $tables = [];
        foreach (['orders_placed', 'revenue'] as $name) {
            $cells = Columns::list($result[$name], Columns::FLOAT64);
            $rows = $moments === null ? $cells : array_chunk($cells, 24);
            $tables[] = array_combine(range(1, 7), $rows);
        }
        return new RepeatProfile(...$tables);
    }

    /**
     * The share of customers who are back, day by day: the Kaplan–Meier curve, in which gaps that are still open at the observation
     * end are censored.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param RepeatSince $since from which moment the time is counted
     * @param int $occasion k, the occasion that is waited for, at least 2; not used for all gaps
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param IntervalScale $interval scale on which intervals are symmetric
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function curve(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        RepeatSince $since = RepeatSince::First,
        int $occasion = 2,
        float $level = 0.95,
        IntervalScale $interval = IntervalScale::LogLog,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatCurve {
        $result = retain_repeat_time_curve(
            $context?->raw(),
            ...[
                ...self::log($orders, $observationEnd),
                ...self::counting($occasionDays, $countZeroOrders),
                ...self::clock($since, $occasion, $level, $interval),
                ...array_fill(0, 6, true),
            ]
        );
        return new RepeatCurve(...Columns::lists($result));
    }

    /**
     * Share of customers who are back within so many days, read off the curve.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param mixed $days list<int|float>|string|Column, in any order
     * @param RepeatSince $since from which moment the time is counted
     * @param int $occasion k, the occasion that is waited for, at least 2; not used for all gaps
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param IntervalScale $interval scale on which intervals are symmetric
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function within(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        mixed $days = [30, 60, 90, 180, 365],
        RepeatSince $since = RepeatSince::First,
        int $occasion = 2,
        float $level = 0.95,
        IntervalScale $interval = IntervalScale::LogLog,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatWithin {
        $days = Columns::check($days, 'days');
        $result = retain_repeat_time_within(
            $context?->raw(),
            ...[
                ...self::log($orders, $observationEnd),
                ...self::counting($occasionDays, $countZeroOrders),
                ...self::clock($since, $occasion, $level, $interval),
                $days,
                ...array_fill(0, 4, true),
            ]
        );
        return new RepeatWithin(array_map(floatval(...), Columns::list($days, Columns::FLOAT64)), ...Columns::lists($result));
    }

    /**
     * Days until such a share of customers is back: quantiles of the curve, 0.5 for the median.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param mixed $shares list<float>|string|Column in (0, 1)
     * @param RepeatSince $since from which moment the time is counted
     * @param int $occasion k, the occasion that is waited for, at least 2; not used for all gaps
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param IntervalScale $interval scale on which intervals are symmetric
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function quantiles(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        mixed $shares = [0.25, 0.5, 0.75],
        RepeatSince $since = RepeatSince::First,
        int $occasion = 2,
        float $level = 0.95,
        IntervalScale $interval = IntervalScale::LogLog,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatQuantiles {
        $shares = Columns::check($shares, 'shares');
        $result = retain_repeat_time_quantiles(
            $context?->raw(),
            ...[
                ...self::log($orders, $observationEnd),
                ...self::counting($occasionDays, $countZeroOrders),
                ...self::clock($since, $occasion, $level, $interval),
                $shares,
                true,
                true,
                true,
            ]
        );
        return new RepeatQuantiles(array_map(floatval(...), Columns::list($shares, Columns::FLOAT64)), ...Columns::lists($result));
    }

    /**
     * The rhythm of every customer: days between occasions. Means of closed gaps alone are short: take them for what a customer's
     * rhythm was like so far, and the distribution over customers from curve() with RepeatSince::All.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function gaps(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatGaps {
        $result = retain_repeat_time_gaps(
            $context?->raw(),
            ...[...self::log($orders, $observationEnd), ...self::counting($occasionDays, $countZeroOrders), ...array_fill(0, 7, true)]
        );
        $id = $orders->namesOf($result['customers']);
        unset($result['customers']);
        return new RepeatGaps($id, ...Columns::lists($result));
    }

    /**
     * Do customers buy at random, or regularly? The estimate of R. D. Wheat and D. G. Morrison (Journal of Marketing Research 27,
     * 1990): of two successive gaps the first is half of their sum on average, and how far from half it strays tells how regular
     * customers are, at whatever pace. Where k is well above 1, Btyd\MbgCnbd fits better than Btyd\MbgNbd.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param float $level two-sided level of the limits, in (0, 1)
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     */
    public static function regularity(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Regularity {
        $found = retain_repeat_time_regularity(
            $context?->raw(),
            ...[...self::log($orders, $observationEnd), ...self::counting($occasionDays, $countZeroOrders), $level]
        )['record'];
        return new Regularity(
            $found['k'],
            $found['standard_error'],
            $found['low'],
            $found['high'],
            $found['variance'],
            $found['pairs'],
            $found['customers']
        );
    }

    /**
     * Do groups of customers come back equally fast? The log-rank test (N. Mantel 1966; R. Peto, J. Peto 1972), and the figures of
     * each group.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param Groups $by the label of each customer with an occasion: something that is settled at the first occasion (channel,
     *                       first product, country); what depends on later ones compares nothing
     * @param RepeatSince $since from which moment the time is counted
     * @param int $occasion k, the occasion that is waited for, at least 2; not used for all gaps
     * @param int $horizonDays H of the share that is back within H days
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @param IntervalScale $interval scale on which intervals are symmetric
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     * @throws DataException for a customer without a label
     */
    public static function compare(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        Groups $by,
        RepeatSince $since = RepeatSince::First,
        int $occasion = 2,
        int $horizonDays = 90,
        float $level = 0.95,
        IntervalScale $interval = IntervalScale::LogLog,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): RepeatComparison {
        if ($since === RepeatSince::All) {
            throw new ArgumentException('since is All; groups are compared by one duration a customer, First or Previous', 1);
        }
        $arguments = [
            ...$orders->columns(),
            ...$by->columns($orders),
            Day::of($observationEnd, 'observationEnd'),
            ...self::counting($occasionDays, $countZeroOrders),
            ...self::clock($since, $occasion, $level, $interval),
            Columns::positiveInt($horizonDays, 'horizonDays'),
            ...array_fill(0, 9, true),
        ];
        $result = Groups::naming($orders, static fn (): array => retain_repeat_time_compare($context?->raw(), ...$arguments));
        $test = $result['record'];
        return new RepeatComparison(
            $test['chi_squared'],
            (int) $test['degrees'],
            $test['p_value'],
            $by->labels,
            ...Columns::lists($result)
        );
    }

    /** @return list<mixed> */
    private static function log(Orders $orders, int|string|\DateTimeInterface $observationEnd): array
    {
        return [...$orders->columns(), Day::of($observationEnd, 'observationEnd')];
    }

    /** @return array{int, int} */
    private static function counting(int $occasionDays, bool $countZeroOrders): array
    {
        return [Columns::positiveInt($occasionDays, 'occasionDays'), (int) $countZeroOrders];
    }

    /** @return array{int, int, float, int} */
    private static function clock(RepeatSince $since, int $occasion, float $level, IntervalScale $interval): array
    {
        if ($occasion < 2) {
            throw new ArgumentException("occasion is $occasion; it must be at least 2, the second", 1);
        }
        return [$since->value, $occasion, Columns::level($level), $interval->value];
    }

    /**
     * Seconds of the day of every row, which must lie on the day that the log says.
     *
     * @param array{day: mixed, second: mixed} $local
     */
    private static function secondsOfDay(Orders $orders, array $local): mixed
    {
        $days = Columns::list($local['day'], Columns::INT64);
        $known = Columns::list($orders->day, Columns::INT64);
        if (count($days) !== count($known)) {
            throw new ArgumentException('moments has ' . count($days) . ' rows, the log has ' . count($known), 1);
        }
        foreach ($days as $row => $day) {
            if ($day !== $known[$row]) {
                throw Columns::withRow(new DataException("moments[$row] lies on day $day; the log says $known[$row]", 2), $row);
            }
        }
        return $local['second'];
    }
}
