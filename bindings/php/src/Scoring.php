<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Scoring\Comparison;
use Retain\Scoring\Drift;
use Retain\Scoring\Measures;
use Retain\Scoring\Points;

/**
 * Does the score put those who leave above those who stay, and does 30 % mean 30 %?
 *
 *     $found = Scoring::measures([0.9, 0.8, 0.6, 0.4, 0.3, 0.1], [1, 1, 0, 1, 0, 0]);
 *     $found->auc;                   // 0.889
 *     $found->miscalibration;        // what probabilities that are off add to the Brier score
 *
 * A score was given to each customer before it was known what would happen; now it is known: 1, it happened, or 0. Scores may be any
 * numbers, larger meaning more likely; what needs probabilities is NaN for others.
 */
final class Scoring
{
    /**
     * Measures a score.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @param mixed $weight optional: how many customers each row stands for
     * @param float $level two-sided level of the limits, in (0, 1)
     * @param int $groups groups of the expected calibration error, at most 1000
     * @throws DataException for a row that breaks a rule
     */
    public static function measures(
        mixed $score,
        mixed $outcome,
        mixed $weight = null,
        float $level = 0.95,
        int $groups = 10,
        ?Context $context = null,
    ): Measures {
        if ($groups < 1) {
            throw new ArgumentException("groups is $groups; it must be 1 to 1000", 1);
        }
        $columns = self::columns($score, 'score', $outcome, $weight);
        $result = retain_scoring_measures($context?->raw(), ...[...$columns, Columns::level($level), $groups]);
        return new Measures(...array_values($result['record']));
    }

    /**
     * The AUC alone, some times quicker; NaN unless there are both outcomes.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column
     * @param mixed $weight optional: how many customers each row stands for
     */
    public static function auc(mixed $score, mixed $outcome, mixed $weight = null, ?Context $context = null): float
    {
        return retain_scoring_auc($context?->raw(), ...self::columns($score, 'score', $outcome, $weight))['record']['auc'];
    }

    /**
     * What is reached by acting on all customers whose score is at least so large.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column
     * @param mixed $weight optional: how many customers each row stands for
     */
    public static function points(mixed $score, mixed $outcome, mixed $weight = null, ?Context $context = null): Points
    {
        $columns = self::columns($score, 'score', $outcome, $weight);
        $result = retain_scoring_points($context?->raw(), ...[...$columns, ...array_fill(0, 7, true)]);
        return new Points(...Columns::lists($result));
    }

    /**
     * Is the second score better than the first, on the same customers?
     *
     * @param mixed $first list<float>|string|Column
     * @param mixed $second list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column
     * @param mixed $weight optional: how many customers each row stands for
     */
    public static function compare(
        mixed $first,
        mixed $second,
        mixed $outcome,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Comparison {
        [$one, $outcomes, $weights] = self::columns($first, 'first', $outcome, $weight);
        $result = retain_scoring_compare(
            $context?->raw(),
            $one,
            Columns::check($second, 'second'),
            $outcomes,
            $weights,
            Columns::level($level)
        );
        return new Comparison(...array_values($result['record']));
    }

    /**
     * Has a score, or anything that scores are made of, drifted between two dates? The population stability index. Values are put into
     * bins that hold equal parts of those before; equal values are never parted, so there may be fewer bins.
     *
     * @param mixed $before list<float>|string|Column
     * @param mixed $after list<float>|string|Column: of the same customers or of others
     * @param int $bins 2 to 1000
     */
    public static function drift(mixed $before, mixed $after, int $bins = 10, ?Context $context = null): Drift
    {
        if ($bins < 2 || $bins > 1000) {
            throw new ArgumentException("bins is $bins; it must be 2 to 1000", 1);
        }
        $columns = [Columns::check($before, 'before'), Columns::check($after, 'after')];
        $result = retain_scoring_drift($context?->raw(), ...[...$columns, $bins, true, true, true]);
        $lists = array_map(static fn (array $list): array => array_slice($list, 0, $result['record']['count']), Columns::lists($result));
        return new Drift($result['record']['psi'], $result['record']['p_value'], ...$lists);
    }

    /** @return list<mixed> */
    private static function columns(mixed $score, string $name, mixed $outcome, mixed $weight): array
    {
        return [Columns::check($score, $name), Columns::check($outcome, 'outcome'), Columns::checkOptional($weight, 'weight')];
    }
}
