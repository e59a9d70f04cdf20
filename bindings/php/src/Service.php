<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Service: how fast are customers answered, how often is it late, how much comes back?
 *
 *     $found = Service::times($opened, $answered, time(), by: $agent, target: 4 * 3600, unit: 3600);
 *     $found->total['median'];               // hours until half of the tickets had their first response
 *     $found->columns['share'];              // answered within four hours, by agent
 *
 * Times are whole numbers of any one clock (Unix seconds, day numbers), or DateTimeInterface and texts ('2024-05-01 08:00',
 * '2024-05-01T08:00+02:00'), whose ticks are seconds. Times with a time zone, among them all DateTimeInterface, and texts without one
 * are of two clocks, and refused beside each other. Beside times without a zone, a day ('2024-05-01') means its first second, and its
 * last one as observation end or promise. What has not happened yet is null in a list, Service::NOT_YET in a packed string or Column.
 * Nothing looks ahead: what lies after the observation end has not happened. A ticket that is still open has waited at least so long:
 * a censored observation of the Kaplan–Meier estimate, not a missing one.
 */
final class Service
{
    /** What has not happened yet. */
    public const NOT_YET = PHP_INT_MIN;

    /**
     * How long until something happens to a ticket: the first response, the solution, the delivery of a parcel.
     *
     * @param mixed $opened when the clock starts: list<int|string|\DateTimeInterface>|string|Column
     * @param mixed $ended when it happened: the same, with null where it has not
     * @param mixed $closed optional: when the ticket was closed without it, and is not waiting any longer. For first responses give
     *        the times of resolution
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @param mixed $quantiles list<float>|string|Column: shares in (0, 1) of which the times are wanted
     * @param ?int $target ticks within which it ought to happen
     * @param float $unit ticks in the unit of the results: 3600 for hours of Unix seconds
     * @return Figures tickets, ended; median, medianLow, medianHigh (other quantiles as 'quantile0.9'); mean with its limits, NaN
     *         unless it has happened to all tickets; due, inTime, share with its limits
     * @throws DataException for a bad row
     */
    public static function times(
        mixed $opened,
        mixed $ended,
        int|string|\DateTimeInterface $observationEnd,
        mixed $closed = null,
        mixed $by = null,
        mixed $quantiles = [0.5],
        ?int $target = null,
        float $unit = 1.0,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        $quantiles = Columns::list(Columns::check($quantiles, 'quantiles'), Columns::FLOAT64);
        $clock = new Clock(['opened' => $opened, 'ended' => $ended, 'closed' => $closed], 'opened', $observationEnd);
        [$codes, $groups] = Figures::codes($by, 'by', 10 + 6 * count($quantiles));
        $result = $clock->naming(static fn (): array => retain_service_times(
            $context?->raw(),
            $clock->column('opened'),
            $clock->column('ended'),
            $clock->column('closed'),
            $codes,
            count($groups),
            $clock->end,
            Columns::positive($unit, 'unit'),
            $quantiles,
            $target === null ? 0 : Columns::positiveInt($target, 'target'),
            Columns::level($level),
            ...array_fill(0, 13, true)
        ));
        $result['ended'] = $result['ended_tickets'];
        $names = ['tickets', 'ended'];
        $cells = [];
        foreach (['', '_low', '_high'] as $suffix) {
            $cells[$suffix] = Columns::list($result["quantile$suffix"], Columns::FLOAT64);
        }
        foreach (array_values($quantiles) as $q => $share) {
            $name = $share === 0.5 ? 'median' : 'quantile_' . sprintf('%.15G', $share);
            foreach (['', '_low', '_high'] as $suffix) {
                $column = [];
                for ($at = $q; $at < count($cells[$suffix]); $at += count($quantiles)) {
                    $column[] = $cells[$suffix][$at];
                }
                $result[$names[] = $name . $suffix] = $column;
            }
        }
        $names = [...$names, 'mean', 'mean_low', 'mean_high', 'due', 'in_time', 'share', 'share_low', 'share_high'];
        return Figures::of($groups, $result, $names);
    }

    /**
     * First contact resolution, and how often customers have to ask again.
     *
     * @param mixed $customer who: list<int|string>|string|Column
     * @param mixed $opened when each ticket was opened: list<int|string|\DateTimeInterface>|string|Column
     * @param mixed $resolved when it was resolved: the same, with null where it is not
     * @param int $within ticks within which a further ticket counts as a repeat
     * @param mixed $contacts optional: how often the customer wrote or called in each ticket, at least 1
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @return Figures resolved, firstContact, firstContactRate, firstContactRateLow, firstContactRateHigh; tickets, repeated, repeatRate,
     *         repeatRateLow, repeatRateHigh. Only tickets that were resolved, or opened, at least `within` ago count
     */
    public static function contacts(
        mixed $customer,
        mixed $opened,
        mixed $resolved,
        int|string|\DateTimeInterface $observationEnd,
        int $within,
        mixed $contacts = null,
        mixed $by = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        $clock = new Clock(['opened' => $opened, 'resolved' => $resolved], 'opened', $observationEnd);
        [$codes, $groups] = Figures::codes($by, 'by', 10);
        $result = $clock->naming(static fn (): array => retain_service_contacts(
            $context?->raw(),
            Names::factorise($customer, 'customer')[0],
            $clock->column('opened'),
            $clock->column('resolved'),
            Columns::checkOptional($contacts, 'contacts'),
            $codes,
            count($groups),
            $clock->end,
            $within,
            Columns::level($level),
            ...array_fill(0, 10, true)
        ));
        $result['resolved'] = $result['resolved_tickets'];
        return Figures::of($groups, $result, [
            'resolved', 'first_contact', 'first_contact_rate', 'first_contact_rate_low', 'first_contact_rate_high',
            'tickets', 'repeated', 'repeat_rate', 'repeat_rate_low', 'repeat_rate_high',
        ]);
    }

    /**
     * Share of deliveries that are late: after the promised time, or not delivered although that is over. Those promised for later
     * than the observation end do not count.
     *
     * @param mixed $promised last instant that is in time: list<int|string|\DateTimeInterface>|string|Column
     * @param mixed $delivered the same, with null where it is not delivered
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @return Figures due, late, rate, low, high
     */
    public static function late(
        mixed $promised,
        mixed $delivered,
        int|string|\DateTimeInterface $observationEnd,
        mixed $by = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        $clock = new Clock(['promised' => $promised, 'delivered' => $delivered], 'promised', $observationEnd, 'promised');
        [$codes, $groups] = Figures::codes($by, 'by', 5);
        $result = $clock->naming(static fn (): array => retain_service_late(
            $context?->raw(),
            $clock->column('promised'),
            $clock->column('delivered'),
            $codes,
            count($groups),
            $clock->end,
            Columns::level($level),
            ...array_fill(0, 5, true)
        ));
        return Figures::of($groups, $result, ['due', 'late', 'rate', 'low', 'high']);
    }

    /**
     * Return rate: share of orders that came back.
     *
     * @param mixed $ordered when it was ordered (or delivered): list<int|string|\DateTimeInterface>|string|Column
     * @param mixed $returned the same, with null where it was not
     * @param ?int $within ticks: only orders for which they are over count, and only returns within them. null: all orders, returned
     *        by the observation end; the latest have not had their time, and the rate is too low
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @return Figures orders, returns, rate, low, high
     */
    public static function returns(
        mixed $ordered,
        mixed $returned,
        int|string|\DateTimeInterface $observationEnd,
        ?int $within = null,
        mixed $by = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        $clock = new Clock(['ordered' => $ordered, 'returned' => $returned], 'ordered', $observationEnd);
        [$codes, $groups] = Figures::codes($by, 'by', 5);
        $result = $clock->naming(static fn (): array => retain_service_returns(
            $context?->raw(),
            $clock->column('ordered'),
            $clock->column('returned'),
            $codes,
            count($groups),
            $clock->end,
            $within === null ? 0 : Columns::positiveInt($within, 'within'),
            Columns::level($level),
            ...array_fill(0, 5, true)
        ));
        return Figures::of($groups, $result, ['orders', 'returns', 'rate', 'low', 'high']);
    }
}
