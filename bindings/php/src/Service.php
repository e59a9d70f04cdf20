<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Service: how fast are customers answered, how often is it late, how much comes back?
 *
 *     $found = Service::times($opened, $answered, time(), group: $agent, target: 4 * 3600, unit: 3600);
 *     $found->total['median'];               // hours until half of the tickets had their first response
 *     $found->columns['share'];              // answered within four hours, by agent
 *
 * Times are whole numbers of any one clock (Unix seconds, day numbers), or DateTimeInterface, which is taken as Unix seconds. What has
 * not happened yet is null in a list, Service::NOT_YET in a packed string or Column. Nothing looks ahead: what lies after the
 * observation end has not happened. A ticket that is still open has waited at least so long: a censored observation of the
 * Kaplan–Meier estimate, not a missing one.
 */
final class Service
{
    /** What has not happened yet. */
    public const NOT_YET = PHP_INT_MIN;

    /**
     * How long until something happens to a ticket: the first response, the solution, the delivery of a parcel.
     *
     * @param mixed $opened when the clock starts: list<int|\DateTimeInterface>|string|Column
     * @param mixed $ended when it happened: the same, with null where it has not
     * @param mixed $closed optional: when the ticket was closed without it, and is not waiting any longer. For first responses give
     *        the times of resolution
     * @param mixed $group optional: list<int|string>|string|Column
     * @param list<float> $quantiles shares in (0, 1) of which the times are wanted
     * @param ?int $target ticks within which it ought to happen
     * @param float $unit ticks in the unit of the results: 3600 for hours of Unix seconds
     * @return Figures tickets, ended; median, median_low, median_high (other quantiles as quantile_0.9); mean with its limits, NaN
     *         unless it has happened to all tickets; due, in_time, share with its limits
     * @throws DataException for a bad row
     */
    public static function times(
        mixed $opened,
        mixed $ended,
        int|\DateTimeInterface $observationEnd,
        mixed $closed = null,
        mixed $group = null,
        array $quantiles = [0.5],
        ?int $target = null,
        float $unit = 1.0,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        [$codes, $groups] = Figures::codes($group, 'group');
        $result = retain_service_times(
            $context?->raw(),
            self::instants($opened, 'opened', false),
            self::instants($ended, 'ended', true),
            $closed === null ? null : self::instants($closed, 'closed', true),
            $codes,
            count($groups),
            self::instant($observationEnd),
            Columns::positive($unit, 'unit'),
            $quantiles,
            $target === null ? 0 : (int) Columns::positive($target, 'target'),
            Columns::positive($level, 'level'),
            ...array_fill(0, 13, true)
        );
        $result['ended'] = $result['ended_tickets'];
        $names = ['tickets', 'ended'];
        foreach (array_values($quantiles) as $q => $share) {
            $name = $share === 0.5 ? 'median' : 'quantile_' . sprintf('%.15G', $share);
            foreach (['', '_low', '_high'] as $suffix) {
                $cells = Columns::list($result["quantile$suffix"], Columns::FLOAT64);
                $result[$names[] = $name . $suffix] = array_map(
                    static fn (array $row): float => $row[$q],
                    array_chunk($cells, count($quantiles))
                );
            }
        }
        $names = [...$names, 'mean', 'mean_low', 'mean_high', 'due', 'in_time', 'share', 'share_low', 'share_high'];
        return Figures::of($groups, $result, $names);
    }

    /**
     * First contact resolution, and how often customers have to ask again.
     *
     * @param mixed $customer who: list<int|string>|string|Column
     * @param mixed $opened when each ticket was opened: list<int|\DateTimeInterface>|string|Column
     * @param mixed $resolved when it was resolved: the same, with null where it is not
     * @param int $within ticks within which a further ticket counts as a repeat
     * @param mixed $contacts optional: how often the customer wrote or called in each ticket, at least 1
     * @param mixed $group optional: list<int|string>|string|Column
     * @return Figures resolved, first_contact, first_contact_rate, first_contact_rate_low, first_contact_rate_high; tickets, repeated,
     *         repeat_rate, repeat_rate_low, repeat_rate_high. Only tickets that were resolved, or opened, at least `within` ago count
     */
    public static function contacts(
        mixed $customer,
        mixed $opened,
        mixed $resolved,
        int|\DateTimeInterface $observationEnd,
        int $within,
        mixed $contacts = null,
        mixed $group = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        [$codes, $groups] = Figures::codes($group, 'group');
        $result = retain_service_contacts(
            $context?->raw(),
            Names::factorise($customer, 'customer')[0],
            self::instants($opened, 'opened', false),
            self::instants($resolved, 'resolved', true),
            Columns::checkOptional($contacts, 'contacts'),
            $codes,
            count($groups),
            self::instant($observationEnd),
            $within,
            Columns::positive($level, 'level'),
            ...array_fill(0, 10, true)
        );
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
     * @param mixed $promised last instant that is in time: list<int|\DateTimeInterface>|string|Column
     * @param mixed $delivered the same, with null where it is not delivered
     * @param mixed $group optional: list<int|string>|string|Column
     * @return Figures due, late, rate, low, high
     */
    public static function late(
        mixed $promised,
        mixed $delivered,
        int|\DateTimeInterface $observationEnd,
        mixed $group = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        [$codes, $groups] = Figures::codes($group, 'group');
        $result = retain_service_late(
            $context?->raw(),
            self::instants($promised, 'promised', false),
            self::instants($delivered, 'delivered', true),
            $codes,
            count($groups),
            self::instant($observationEnd),
            Columns::positive($level, 'level'),
            ...array_fill(0, 5, true)
        );
        return Figures::of($groups, $result, ['due', 'late', 'rate', 'low', 'high']);
    }

    /**
     * Return rate: share of orders that came back.
     *
     * @param mixed $ordered when it was ordered (or delivered): list<int|\DateTimeInterface>|string|Column
     * @param mixed $returned the same, with null where it was not
     * @param ?int $within ticks: only orders for which they are over count, and only returns within them. null: all orders, returned
     *        by the observation end; the latest have not had their time, and the rate is too low
     * @param mixed $group optional: list<int|string>|string|Column
     * @return Figures orders, returns, rate, low, high
     */
    public static function returns(
        mixed $ordered,
        mixed $returned,
        int|\DateTimeInterface $observationEnd,
        ?int $within = null,
        mixed $group = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        [$codes, $groups] = Figures::codes($group, 'group');
        $result = retain_service_returns(
            $context?->raw(),
            self::instants($ordered, 'ordered', false),
            self::instants($returned, 'returned', true),
            $codes,
            count($groups),
            self::instant($observationEnd),
            $within === null ? 0 : (int) Columns::positive($within, 'within'),
            Columns::positive($level, 'level'),
            ...array_fill(0, 5, true)
        );
        return Figures::of($groups, $result, ['orders', 'returns', 'rate', 'low', 'high']);
    }

    private static function instant(int|\DateTimeInterface $moment): int
    {
        return $moment instanceof \DateTimeInterface ? $moment->getTimestamp() : $moment;
    }

    /** @return array<mixed>|string|Column */
    private static function instants(mixed $column, string $name, bool $mayBeMissing): array|string|Column
    {
        $column = Columns::check($column, $name);
        if (!is_array($column)) {
            return $column;
        }
        foreach ($column as $row => $moment) {
            if ($moment instanceof \DateTimeInterface) {
                $column[$row] = $moment->getTimestamp();
            } elseif ($moment === null && $mayBeMissing) {
                $column[$row] = self::NOT_YET;
            } elseif (is_string($moment) && !is_numeric($moment)) {
                throw Columns::withRow(
                    new ArgumentException("{$name}[$row] is '$moment'; give whole numbers of one clock or DateTimeInterface", 1),
                    (int) $row
                );
            }
        }
        return $column;
    }
}
