<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Surveys: are customers content, and does it show in what they do?
 *
 *     $nps = Survey::nps([10, 9, 7, 3, 10, 8], ['jan', 'jan', 'jan', 'jan', 'feb', 'feb']);
 *     $nps->columns['nps'];       // [0.5, 0.25], of February and January
 *     $nps->total['low'];         // -0.311: lower limit of the NPS of all
 *
 * Scores are one entry per response. `by` says the group of each (period, cohort, segment): ints or strings. Shares are
 * fractions; tools show the NPS times 100.
 */
final class Survey
{
    /**
     * Net promoter score: share of 9 and 10 less share of 0 to 6, with the score interval of T. Tango, Statistics in Medicine 17
     * (1998), 891–908.
     *
     * @param mixed $score whole numbers from 0 to 10: list<int|float>|string|Column
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @return Figures responses, promoters, passives, detractors, nps, low, high
     * @throws DataException for a score outside the scale, naming the row
     */
    public static function nps(mixed $score, mixed $by = null, float $level = 0.95, ?Context $context = null): Figures
    {
        [$codes, $groups] = Figures::codes($by, 'by', 7);
        $result = retain_survey_nps_groups(
            $context?->raw(),
            Columns::check($score, 'score'),
            $codes,
            count($groups),
            Columns::level($level),
            ...array_fill(0, 7, true)
        );
        return Figures::of($groups, $result, ['responses', 'promoters', 'passives', 'detractors', 'nps', 'low', 'high']);
    }

    /** NPS from counts; NaN where undefined. */
    public static function npsOf(float $promoters, float $detractors, float $responses): float
    {
        return retain_survey_nps($promoters, $detractors, $responses);
    }

    /** Lower limit of an NPS from counts. */
    public static function npsLow(float $promoters, float $detractors, float $responses, float $level = 0.95): float
    {
        return retain_survey_nps_low($promoters, $detractors, $responses, $level);
    }

    /** Upper limit of an NPS from counts. */
    public static function npsHigh(float $promoters, float $detractors, float $responses, float $level = 0.95): float
    {
        return retain_survey_nps_high($promoters, $detractors, $responses, $level);
    }

    /**
     * Difference of two NPS that share no responses: of two groups, of a period and the one before, of a test and its control. Where
     * the interval leaves out 0, they differ by more than chance.
     *
     * @param array<string, int|float> $counts promoters, detractors, responses: a row or the total of nps()
     * @param array<string, int|float> $of what is subtracted
     */
    public static function difference(array $counts, array $of, float $level = 0.95, ?Context $context = null): SurveyDifference
    {
        $columns = [];
        foreach (['counts' => $counts, 'of' => $of] as $what => $given) {
            foreach (['promoters', 'detractors', 'responses'] as $name) {
                $columns[] = [$given[$name] ?? throw new Exception\ArgumentException("{$what}['$name'] is missing", 1)];
            }
        }
        $result = retain_survey_nps_difference($context?->raw(), ...[...$columns, Columns::level($level), true, true, true]);
        return new SurveyDifference($result['difference'][0], $result['low'][0], $result['high'][0]);
    }

    /**
     * Customer satisfaction: the share who gave one of the top scores, with its Wilson interval.
     *
     * @param mixed $score whole numbers of the scale: list<int|float>|string|Column
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @param int $lowest lowest score of the scale
     * @param int $highest highest score of the scale
     * @param int $top so many of the highest scores count as satisfied
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @return Figures responses, satisfied, csat, low, high
     * @throws DataException for a score outside the scale, naming the row
     */
    public static function csat(
        mixed $score,
        mixed $by = null,
        int $lowest = 1,
        int $highest = 5,
        int $top = 2,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        self::checkScale($lowest, $highest);
        [$codes, $groups] = Figures::codes($by, 'by', 7);
        $result = retain_survey_csat(
            $context?->raw(),
            Columns::check($score, 'score'),
            $codes,
            count($groups),
            (float) $lowest,
            (float) $highest,
            Columns::positive($top, 'top'),
            Columns::level($level),
            ...array_fill(0, 5, true)
        );
        return Figures::of($groups, $result, ['responses', 'satisfied', 'csat', 'low', 'high']);
    }

    /**
     * Customer effort score, or any other score that is averaged: the mean with its t interval.
     *
     * @param mixed $score numbers from `lowest` to `highest`: list<int|float>|string|Column
     * @param mixed $by optional: the group of each row, list<int|string>|string|Column
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @return Figures responses, ces, low, high; no interval for fewer than two responses, nor when all are alike
     */
    public static function ces(
        mixed $score,
        mixed $by = null,
        float $lowest = 1.0,
        float $highest = 7.0,
        float $level = 0.95,
        ?Context $context = null,
    ): Figures {
        self::checkScale($lowest, $highest);
        [$codes, $groups] = Figures::codes($by, 'by', 7);
        $result = retain_survey_ces(
            $context?->raw(),
            Columns::check($score, 'score'),
            $codes,
            count($groups),
            $lowest,
            $highest,
            Columns::level($level),
            ...array_fill(0, 4, true)
        );
        return Figures::of($groups, $result, ['responses', 'ces', 'low', 'high']);
    }

    /**
     * Response rate: who answered of those who were asked, row by row and in total.
     *
     * @param mixed $responses counts: list<int|float>|string|Column
     * @param mixed $invited counts: list<int|float>|string|Column
     * @return Figures rate, low, high; groups are the rows from 0 on
     */
    public static function response(mixed $responses, mixed $invited, float $level = 0.95, ?Context $context = null): Figures
    {
        $responses = Columns::check($responses, 'responses');
        $invited = Columns::check($invited, 'invited');
        $result = retain_survey_response($context?->raw(), $responses, $invited, Columns::level($level), true, true, true);
        $rows = Columns::count($responses, Columns::FLOAT64);
        return Figures::of($rows ? range(0, $rows - 1) : [], $result, ['rate', 'low', 'high']);
    }

    /**
     * Do promoters come back more often than detractors? For each response: did the customer have an occasion in the `horizonDays`
     * days after it, the day itself not counted? Only responses whose days are over at the observation end count.
     *
     * @param mixed $customer who answered, as in the log: list<int|string>|string|Column. Who has no row in the log has not come
     *        back, and is counted in `strangers`; ids of another type or form than the log's are refused
     * @param mixed $day when: list<int|string|\DateTimeInterface>|string|Column
     * @param mixed $score what: list<int|float>|string|Column
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param mixed $cuts ascending: the class of a score is the number of cuts that it reaches; null means 7 and 9: detractors,
     *        passives, promoters
     * @param int $horizonDays days after the response in which the customer may come back
     * @param SurveyChoice $choice which responses of a customer count
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @throws DataException for a bad row
     */
    public static function retention(
        mixed $customer,
        mixed $day,
        mixed $score,
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        int $horizonDays = 90,
        mixed $cuts = null,
        SurveyChoice $choice = SurveyChoice::First,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): SurveyRetention {
        $days = Day::column($day, 'day');
        Day::refuseOtherNumbers($days, 'day');
        $result = retain_survey_retention(
            $context?->raw(),
            ...[
                $orders->find($customer, 'customer'),
                $days,
                Columns::check($score, 'score'),
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                Columns::positiveInt($horizonDays, 'horizonDays'),
                Columns::checkOptional($cuts, 'cuts'),
                $choice->value,
                Columns::level($level),
                ...array_fill(0, 5, true),
            ]
        );
        $list = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        $record = $result['record'];
        return new SurveyRetention(
            $list('counted'),
            $list('returned'),
            $list('rate'),
            $list('low'),
            $list('high'),
            $record['difference'],
            $record['difference_low'],
            $record['difference_high'],
            $record['open_responses'],
            $record['repeat_responses'],
            $orders->strangers(Columns::check($customer, 'customer')),
        );
    }

    /** The library reads a scale from 0 to 0 as "the default". */
    private static function checkScale(float $lowest, float $highest): void
    {
        if ($lowest === 0.0 && $highest === 0.0) {
            throw new Exception\ArgumentException('lowest and highest are both 0; the highest score must be above the lowest', 1);
        }
    }
}
