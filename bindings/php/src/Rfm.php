<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Rfm\Estimate;
use Retain\Rfm\Lorenz;
use Retain\Rfm\Migration;
use Retain\Rfm\Scores;
use Retain\Rfm\Segment;
use Retain\Rfm\SegmentTable;
use Retain\Rfm\TierKind;

/**
 * RFM: who are my best customers, who is slipping, and how concentrated is my revenue?
 *
 *     $rfm = Rfm::fit($customers, observationEnd: '2024-06-30');
 *     $scores = $rfm->scores($customers, observationEnd: '2024-06-30');
 *     foreach ($scores->segments() as $i => $segment) {
 *         echo $customers->id[$i], ': ', $segment->label(), ' - ', $segment->advice(), "\n";
 *     }
 *     $scores->table()->rows();                                   // customers, revenue and means by segment
 *     Rfm::topShare($customers->revenue, 0.2)->value;             // share of the revenue that the top 20 % make
 *
 * The object is the cuts between scores: store them (json_encode), and score new customers or a later date by the same measure.
 * Scores are quantiles: of n customers, one with `less` below him and `equal` like him (himself included) has the mid-rank p =
 * (less + equal / 2) / n and the score 1 + floor(bins p); equal values always get equal scores.
 */
final readonly class Rfm extends Value
{
    /** @var list<float> most days since the last occasion for the best score, the second best, ...: ascending */
    public array $recency;

    /** @var list<float> least occasions for the second score, the third, ...: ascending */
    public array $frequency;

    /** @var list<float> least revenue for the second score, the third, ...: ascending */
    public array $monetary;

    /**
     * Cuts of your own, or that were stored. A cut that nobody passed is infinite, in JSON null.
     *
     * @param list<float|int|null> $recency
     * @param list<float|int|null> $frequency
     * @param list<float|int|null> $monetary
     */
    public function __construct(array $recency, array $frequency, array $monetary)
    {
        $this->recency = self::finish($recency, -INF);
        $this->frequency = self::finish($frequency, INF);
        $this->monetary = self::finish($monetary, INF);
        retain_rfm_scores(null, $this->recency, $this->frequency, $this->monetary, [], [], [], false, false, false);
    }

    /**
     * Cuts that give these customers their quantile scores.
     *
     * @param Customers $customers a summary: lastDay, occasions and revenue are read
     * @param int|string|\DateTimeInterface $observationEnd last day observed, to which days since the last occasion are counted
     * @param int $bins number of scores, 2 to 9; segments need 5
     */
    public static function fit(
        Customers $customers,
        int|string|\DateTimeInterface $observationEnd,
        int $bins = 5,
        ?Context $context = null,
    ): self {
        $days = self::daysSinceLast(self::column($customers->lastDay, 'lastDay'), $observationEnd, $context);
        return self::fitColumns($days, $customers->occasions, $customers->revenue, $bins, $context);
    }

    /**
     * The same from plain columns.
     *
     * @param mixed $daysSinceLast list<float>|string|Column, not negative; NaN is refused here and below
     * @param mixed $occasions list<float>|string|Column, not negative
     * @param mixed $revenue list<float>|string|Column
     * @throws DataException for a bad value, or no customers
     */
    public static function fitColumns(
        mixed $daysSinceLast,
        mixed $occasions,
        mixed $revenue,
        int $bins = 5,
        ?Context $context = null,
    ): self {
        if ($daysSinceLast === [] || $daysSinceLast === '' || ($daysSinceLast instanceof Column && count($daysSinceLast) === 0)) {
            throw new DataException('customers has no rows; cuts are quantiles of customers (new Rfm() takes cuts that are known)', 2);
        }
        $found = retain_rfm_fit($context?->raw(), $daysSinceLast, $occasions, $revenue, $bins, true, true, true);
        $list = static fn (string $name): array => Columns::list($found[$name], Columns::FLOAT64);
        return new self($list('recency'), $list('frequency'), $list('monetary'));
    }

    /**
     * Do segments mean anything here: are there five scores, and is the map one? For the start of a job that must not find out at night.
     *
     * @param ?list<int> $map segment of each of the 125 codes, as Scores::numbers() takes it; null for the default map
     * @throws ArgumentException when they do not
     */
    public function checkSegments(?array $map = null): void
    {
        retain_rfm_check_segments(null, count($this->recency) + 1);
        retain_rfm_segments(null, [], [], [], $map, false);
    }

    /**
     * Scores of any customers, at any date.
     *
     * @param Customers $customers a summary: lastDay, occasions, revenue and id are read
     * @param int|string|\DateTimeInterface $observationEnd last day observed, to which days since the last occasion are counted
     */
    public function scores(
        Customers $customers,
        int|string|\DateTimeInterface $observationEnd,
        ?Context $context = null,
    ): Scores {
        $days = self::daysSinceLast(self::column($customers->lastDay, 'lastDay'), $observationEnd, $context);
        return $this->scoreColumns($days, $customers->occasions, $customers->revenue, $customers->id, $context);
    }

    /**
     * The same from plain columns.
     *
     * @param mixed $daysSinceLast list<float>|string|Column
     * @param mixed $occasions list<float>|string|Column
     * @param mixed $revenue list<float>|string|Column
     * @param mixed $id optional list<int|string>|string|Column
     */
    public function scoreColumns(
        mixed $daysSinceLast,
        mixed $occasions,
        mixed $revenue,
        mixed $id = null,
        ?Context $context = null,
    ): Scores {
        $found = retain_rfm_scores(
            $context?->raw(),
            $this->recency,
            $this->frequency,
            $this->monetary,
            $daysSinceLast,
            $occasions,
            $revenue,
            true,
            true,
            true
        );
        return new Scores(
            $found['r'],
            $found['f'],
            $found['m'],
            $daysSinceLast,
            $occasions,
            $revenue,
            Columns::checkOptional($id, 'id'),
            count($this->recency) + 1
        );
    }

    /**
     * Days from the last occasion to the observation end.
     *
     * @param mixed $lastDay list<int>|string|Column of day numbers
     * @return list<float>|string|Column
     * @throws DataException for a day after the observation end
     */
    public static function daysSinceLast(
        mixed $lastDay,
        int|string|\DateTimeInterface $observationEnd,
        ?Context $context = null,
    ): array|string|Column {
        return retain_rfm_days_since_last($context?->raw(), $lastDay, Day::of($observationEnd, 'observationEnd'), true)['days_since_last'];
    }

    /**
     * A map of your own for Scores: the segment of each of the 125 codes.
     *
     * @param callable(int, int, int): (int|Segment) $segment called with r, f, m from 1 to 5; answers 0 to 254
     * @return list<int>
     */
    public static function map(callable $segment): array
    {
        $map = [];
        for ($code = 0; $code < 125; $code++) {
            $found = $segment(intdiv($code, 25) + 1, intdiv($code, 5) % 5 + 1, $code % 5 + 1);
            $map[] = $found instanceof Segment ? $found->value : $found;
        }
        return $map;
    }

    /**
     * The table of any numbering of customers: segments, tiers, codes.
     *
     * @param mixed $segment list<int>|string|Column from 0 to segments − 1
     * @param int $segments 1 to 255
     * @param mixed $daysSinceLast optional list<float>|string|Column, as the next two: what is not given is NaN
     * @param float $level two-sided level of all intervals, in (0, 1)
     * @param ?list<string> $labels names of the segments
     */
    public static function table(
        mixed $segment,
        int $segments,
        mixed $daysSinceLast = null,
        mixed $occasions = null,
        mixed $revenue = null,
        float $level = 0.95,
        ?array $labels = null,
        ?Context $context = null,
    ): SegmentTable {
        $level = Columns::level($level);
        $inputs = [$segment, $daysSinceLast, $occasions, $revenue, $segments, $level];
        $found = retain_rfm_table($context?->raw(), ...[...$inputs, ...array_fill(0, 17, true)]);
        unset($found['record']);
        $lists = array_map(static fn (mixed $column): array => Columns::list($column, Columns::FLOAT64), array_values($found));
        return new SegmentTable(...[...$lists, $level, $labels]);
    }

    /**
     * Who moved where between two dates.
     *
     * @param mixed $before list<int|string>|string|Column of customers, strictly ascending as in a summary
     * @param mixed $beforeSegment list<int>|string|Column from 0 to segments − 1
     * @param mixed $after as $before, at the later date: ids of the same type
     * @param mixed $afterSegment as $beforeSegment
     * @param int $segments 1 to 255
     * @param float $level two-sided level of the Wilson intervals, in (0, 1)
     */
    public static function migration(
        mixed $before,
        mixed $beforeSegment,
        mixed $after,
        mixed $afterSegment,
        int $segments,
        float $level = 0.95,
        ?Context $context = null,
    ): Migration {
        $level = Columns::level($level);
        [$before, $after] = self::sides($before, $after);
        $inputs = [$before, $beforeSegment, $after, $afterSegment, $segments, $level];
        $found = retain_rfm_migration($context?->raw(), ...[...$inputs, true, true, true, true]);
        $square = static fn (string $name): array =>
            Columns::square(Columns::list($found[$name], Columns::FLOAT64), $segments + 1);
        return new Migration($square('customers'), $square('share'), $square('low'), $square('high'), $level);
    }

    /**
     * Tiers, best first, as numbers from 0: how many cuts are <= the share of what stands above the customer. Tier 0 by value (A)
     * is made of the customers who bring the first 80 %, the one who crosses that line included. Equal values share a tier.
     *
     * @param mixed $value list<float>|string|Column: revenue or any other value, not negative
     * @param mixed $cuts list<float>|string|Column strictly ascending in (0, 1), at most 254; null means the default of the kind
     * @return list<int>|string|Column 0 to the number of cuts
     */
    public static function tiers(
        mixed $value,
        TierKind $kind = TierKind::Value,
        mixed $cuts = null,
        ?Context $context = null,
    ): array|string|Column {
        return retain_rfm_tiers($context?->raw(), $value, $kind->value, $cuts, true)['tier'];
    }

    /**
     * Lorenz curve: what share of all value the poorest share p of the customers bring, linear between customers.
     *
     * @param mixed $value list<float>|string|Column, not negative; zeros are customers too
     * @param mixed $p list<float>|string|Column: shares of customers, in [0, 1]; null means 0, 0.01, ..., 1
     * @param float $level two-sided level of the intervals, in (0, 1)
     */
    public static function lorenz(mixed $value, mixed $p = null, float $level = 0.95, ?Context $context = null): Lorenz
    {
        $level = Columns::level($level);
        $p ??= array_map(static fn (int $percent): float => $percent / 100, range(0, 100));
        $found = retain_rfm_lorenz($context?->raw(), $value, $p, $level, true, true, true);
        $list = static fn (string $name): array => Columns::list($found[$name], Columns::FLOAT64);
        return new Lorenz(array_map(floatval(...), Columns::list($p, Columns::FLOAT64)), $list('lorenz'), $list('low'), $list('high'), $level);
    }

    /**
     * "The top 20 % of customers make 80 % of the revenue": 1 − L(1 − p), with its interval.
     *
     * @param mixed $value list<float>|string|Column, not negative
     * @param float $p share of customers, in [0, 1]; a fraction of a customer counts with the same fraction of his value
     */
    public static function topShare(mixed $value, float $p = 0.2, float $level = 0.95, ?Context $context = null): Estimate
    {
        $level = Columns::level($level);
        $found = retain_rfm_top_share($context?->raw(), $value, [$p], $level, true, true, true);
        $first = static fn (string $name): float => Columns::list($found[$name], Columns::FLOAT64)[0];
        return new Estimate($first('share'), $first('low'), $first('high'), $level);
    }

    /**
     * Gini coefficient: 0 when all customers are worth the same, (n − 1) / n when one brings everything.
     *
     * @param mixed $value list<float>|string|Column, not negative
     * @return Estimate NaN when all value is 0; its limits also when all customers are alike
     */
    public static function gini(mixed $value, float $level = 0.95, ?Context $context = null): Estimate
    {
        $level = Columns::level($level);
        $found = retain_rfm_gini($context?->raw(), $value, $level)['record'];
        return new Estimate($found['gini'], $found['low'], $found['high'], $level);
    }

    /**
     * Customers of two dates as numbers, in which equal ids are equal.
     *
     * @return array{array<mixed>|string|Column, array<mixed>|string|Column}
     */
    private static function sides(mixed $before, mixed $after): array
    {
        $before = Columns::check($before, 'before');
        $after = Columns::check($after, 'after');
        [$named, $too] = [Names::areTexts($before, 'before'), Names::areTexts($after, 'after')];
        if ($named !== $too && Columns::count($before, Columns::INT64) > 0 && Columns::count($after, Columns::INT64) > 0) {
            throw Names::otherType('after', 0, is_array($after) ? $after[0] : 0, 'the customers of before are ' . ($named ? 'strings' : 'ints'));
        }
        if (!$named && !$too) {
            return [$before, $after];
        }
        [$before, $after] = [Columns::list($before, Columns::INT64), Columns::list($after, Columns::INT64)];
        Names::refuseOtherForms($after, array_flip($before), 'after', 'before holds as');
        $names = array_unique([...$before, ...$after]);
        sort($names, SORT_STRING);
        $number = array_flip($names);
        $numbers = static fn (array $ids): array => array_map(static fn (string $id): int => $number[$id], $ids);
        return [$numbers($before), $numbers($after)];
    }

    /**
     * @param array<mixed> $cuts
     * @return list<float>
     */
    private static function finish(array $cuts, float $never): array
    {
        return array_map(static fn (mixed $cut): mixed => $cut === null ? $never : $cut, array_values($cuts));
    }

    /** @return array<mixed>|string|Column */
    private static function column(array|string|Column|null $column, string $name): array|string|Column
    {
        return $column ?? throw new ArgumentException("$name is missing; Orders::summary() makes it", 1);
    }
}
