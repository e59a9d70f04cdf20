<?php

declare(strict_types=1);

namespace Retain;

use Retain\Calibration\Bins;
use Retain\Calibration\Reliability;
use Retain\Exception\ArgumentException;

/**
 * Do probabilities mean what they say? Curves of probabilities against what happened.
 *
 *     $curve = Calibration::reliability($risk, $left, at: [0.1, 0.5, 0.9]);
 *     $curve->expected[2] < $curve->low[2];      // 90 % is too bold
 *     Calibration::bins($risk, $left, 10)->rows();
 *
 * What mends them: Calibration\Platt, Calibration\Beta, Calibration\Isotonic.
 */
final class Calibration
{
    /**
     * The reliability curve, without bins, and how far it may stray if probabilities are true: a consistency band (Dimitriadis, Gneiting
     * and Jordan 2021). Where `expected` leaves it, probabilities do not mean what they say.
     *
     * @param mixed $score list<float>|string|Column: probabilities
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @param mixed $at list<float>|string|Column: probabilities at which the curve is asked; null for the tenths from 0 to 1
     * @param mixed $weight optional: how many customers each row stands for
     * @param float $level share of draws that lie in the band at any one score
     * @param int $draws 1 to 100000
     * @param int $seed same seed, same band
     */
    public static function reliability(
        mixed $score,
        mixed $outcome,
        mixed $at = null,
        mixed $weight = null,
        float $level = 0.95,
        int $draws = 200,
        int $seed = 0,
        ?Context $context = null,
    ): Reliability {
        if ($draws < 1 || $draws > 100000) {
            throw new ArgumentException("draws is $draws; it must be 1 to 100000", 1);
        }
        $points = $at === null ? array_map(static fn (int $tenth): float => $tenth / 10, range(0, 10)) : Columns::numbers($at, 'at');
        $columns = self::columns($score, $outcome, $weight);
        $result = retain_calibration_reliability(
            $context?->raw(),
            ...[...$columns, Columns::level($level), $draws, $seed, $points, true, true, true]
        );
        return new Reliability($points, ...Columns::lists($result));
    }

    /**
     * The reliability diagram that people know: customers in bins of about equal number by score, ascending. What it shows depends on the
     * bins.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column
     * @param int $bins 1 to 1000
     * @param mixed $weight optional: how many customers each row stands for
     * @param float $level two-sided level of the limits
     */
    public static function bins(
        mixed $score,
        mixed $outcome,
        int $bins = 10,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Bins {
        if ($bins < 1 || $bins > 1000) {
            throw new ArgumentException("bins is $bins; it must be 1 to 1000", 1);
        }
        $columns = self::columns($score, $outcome, $weight);
        $result = retain_calibration_bins($context?->raw(), ...[...$columns, $bins, Columns::level($level), ...array_fill(0, 6, true)]);
        return new Bins(...Columns::lists($result));
    }

    /**
     * @internal
     * @return list<mixed>
     */
    public static function columns(mixed $score, mixed $outcome, mixed $weight): array
    {
        return [Columns::check($score, 'score'), Columns::check($outcome, 'outcome'), Columns::checkOptional($weight, 'weight')];
    }
}
