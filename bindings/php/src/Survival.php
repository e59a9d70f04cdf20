<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Survival\Comparison;
use Retain\Survival\Curve;
use Retain\Survival\Mean;
use Retain\Survival\Quantiles;
use Retain\Survival\Reading;

/**
 * Survival curves: what share is still there after so much time, how long does it last on average, and do groups differ?
 *
 *     $months = new Survival([1, 3, 3, 8, 12, 12], [1, 1, 0, 1, 0, 0]);      // how long, and whether it has ended
 *     $months->at([6])->survival;                    // [0.667]: the share still there after six months
 *     $months->median();                             // 8.0
 *     $months->mean(12)->value;                      // 7.78 months of the first twelve, on average
 *
 * Durations of which some have not ended yet are what most questions of staying come down to. Leaving out what has not ended, or
 * counting it as ended, makes all of them too short. Kaplan–Meier and Nelson–Aalen, with limits on every number; nothing is assumed
 * about how the risk runs.
 */
final class Survival
{
    /** @var list<mixed> exit, event, entry, weight */
    private readonly array $columns;

    /**
     * @param mixed $exit how long each row lasted, or had lasted when last seen, in any unit: list<float>|string|Column
     * @param mixed $event optional: 1 where it ended then, 0 where it was still going on: list<int|bool>|string|Column. All have ended by
     *        default
     * @param mixed $entry optional: from when on each row was watched, when that was not its beginning: whoever left earlier was never
     *        seen
     * @param mixed $weight optional: how many identical rows each row stands for
     * @param float $start the curve of those who have lasted so long already: with late entry, a time at which enough are watched
     * @param float $level two-sided level of the limits, in (0, 1)
     * @param IntervalScale $interval scale on which limits of the share are symmetric
     */
    public function __construct(
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        private readonly float $start = 0.0,
        private readonly float $level = 0.95,
        private readonly IntervalScale $interval = IntervalScale::LogLog,
        private readonly ?Context $context = null,
    ) {
        Columns::level($level);
        $this->columns = [
            Columns::check($exit, 'exit'),
            Columns::checkOptional($event, 'event'),
            Columns::checkOptional($entry, 'entry'),
            Columns::checkOptional($weight, 'weight'),
        ];
    }

    /**
     * The curve at every time at which a row ended or was last seen.
     *
     * @throws DataException for a row that breaks a rule
     */
    public function curve(): Curve
    {
        return new Curve(...Columns::lists(retain_survival_curve(...$this->options(), ...array_fill(0, 12, true))));
    }

    /**
     * The share that lasts longer than each time.
     *
     * @param mixed $times list<float>|string|Column in the unit of the durations
     */
    public function at(mixed $times): Reading
    {
        $times = Columns::check($times, 'times');
        $result = retain_survival_at(...$this->options(), ...[$times, ...array_fill(0, 5, true)]);
        return new Reading(array_map(floatval(...), Columns::list($times, Columns::FLOAT64)), ...Columns::lists($result));
    }

    /**
     * The times by which shares have ended.
     *
     * @param mixed $shares list<float>|string|Column in (0, 1)
     */
    public function quantiles(mixed $shares = [0.25, 0.5, 0.75]): Quantiles
    {
        $shares = Columns::check($shares, 'shares');
        $result = retain_survival_quantiles(...$this->options(), ...[$shares, true, true, true]);
        return new Quantiles(array_map(floatval(...), Columns::list($shares, Columns::FLOAT64)), ...Columns::lists($result));
    }

    /** The time by which half have ended; NaN when fewer have. */
    public function median(): float
    {
        return $this->quantiles([0.5])->time[0];
    }

    /**
     * How long it lasts on average up to a horizon: the area under the curve. Two means compare at the same horizon only.
     *
     * @param ?float $horizon in the unit of the durations; null: the largest of them
     */
    public function mean(?float $horizon = null): Mean
    {
        $result = retain_survival_mean(
            $this->context?->raw(),
            ...[...$this->columns, $this->level, $this->start, self::horizon($horizon)]
        )['record'];
        return new Mean($result['mean'], $result['standard_error'], $result['low'], $result['high']);
    }

    /**
     * Do groups last equally long? The log-rank test, and the figures of each group. Curves that cross may give no difference: then
     * compare restricted means, which assume nothing.
     *
     * @param mixed $by the group of each row, list<int|string>|string|Column: what was settled at the beginning, such as the channel. What
     *        came later, such as "has bought twice", compares nothing, for who stays longer has had more time for it
     * @param ?float $horizon of means, and of the share that lasts; null: the largest time up to which every group was watched
     * @param float $rho 0: all times weigh alike, the log-rank test. 1: early differences weigh more (Harrington and Fleming 1982)
     */
    public function compare(mixed $by, ?float $horizon = null, float $rho = 0.0): Comparison
    {
        [$codes, $labels] = Figures::codes(Columns::check($by, 'by'), 'by', 15);
        $rows = Columns::count($this->columns[0], Columns::FLOAT64);
        if (count($codes ?? []) !== $rows) {
            throw new ArgumentException('by has ' . count($codes ?? []) . " rows, exit has $rows; they must have as many", 1);
        }
        if (count($labels) > 1024) {
            throw new ArgumentException('the number of labels in by is ' . count($labels) . '; it must be 1 to 1024', 1);
        }
        $result = retain_survival_compare(
            $this->context?->raw(),
            ...[
                ...$this->columns,
                $codes,
                max(1, count($labels)),
                $this->level,
                $this->interval->value,
                $this->start,
                self::horizon($horizon),
                $rho,
                ...array_fill(0, 15, true),
            ]
        );
        $columns = Columns::lists($result);
        if ($labels === []) {
            $columns = array_fill(0, 15, []);
        }
        $test = $result['record'];
        return new Comparison($test['chi_squared'], (int) $test['degrees'], $test['p_value'], $labels, ...$columns);
    }

    /** @return list<mixed> */
    private function options(): array
    {
        return [$this->context?->raw(), ...$this->columns, $this->level, $this->interval->value, $this->start];
    }

    private static function horizon(?float $horizon): float
    {
        return $horizon === null ? 0.0 : Columns::positive($horizon, 'horizon');
    }
}
