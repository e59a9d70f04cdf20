<?php

declare(strict_types=1);

namespace Retain;

use Retain\Btyd\Histories;
use Retain\Btyd\Model;
use Retain\Exception\ArgumentException;

/**
 * Churn risk: who is about to leave, and what would be lost?
 *
 * The **risk** of a customer is the probability of no order in the next H days, with H said aloud: it can be checked when the H
 * days are over. It is not 1 − P(alive): a customer can be alive and silent, and under BG/NBD every one-time buyer is "alive"
 * for certain.
 *
 *     $risk = Churn::risk($model, $customers, horizonDays: 90);
 *     $band = Churn::bands($risk);                                              // 0 low, 1 medium, 2 high
 *     ['gain' => $gain] = Churn::expectedLoss($risk, $residual, cost: 5.0, effect: 0.1);
 */
final class Churn
{
    /**
     * Churn risk of each customer.
     *
     * @param Customers|Histories $customers histories for a model with seasons: the risk knows the season of the days ahead
     * @param float $horizonDays H, positive and finite
     * @return list<float>|string|Column probabilities
     * @throws ArgumentException for ChurnKind::Dead with BG/NBD, whose P(alive) is 1 for every one-time buyer
     */
    public static function risk(
        Model $model,
        Customers|Histories $customers,
        float $horizonDays = 90.0,
        ChurnKind $kind = ChurnKind::Silence,
        ?Context $context = null,
    ): array|string|Column {
        $horizonDays = Columns::positive($horizonDays, 'horizonDays');
        if ($customers instanceof Histories && $kind === ChurnKind::Silence) {
            return $model->silence($customers, days: $horizonDays, context: $context);
        }
        if ($customers instanceof Histories) {
            $odds = Columns::list($model->logOddsDead($customers, $context), Columns::FLOAT64);
            return array_map(static fn (float $odds): float => 1.0 / (1.0 + exp(-$odds)), $odds);
        }
        return retain_churn_risk($context?->raw(), ...[...$model->inputs($customers), $horizonDays, $kind->value, true])['risk'];
    }

    /**
     * Band of each risk: the number of cuts that are <= risk.
     *
     * @param mixed $risk list<float>|string|Column in [0, 1]; NaN is refused
     * @param mixed $cuts list<float>|string|Column, strictly ascending in (0, 1), at most 254; null means 0.5 and 0.8: low,
     *        medium, high
     * @return list<int>|string|Column 0 to the number of cuts; packed: one byte a row
     */
    public static function bands(mixed $risk, mixed $cuts = null, ?Context $context = null): array|string|Column
    {
        return retain_churn_bands($context?->raw(), $risk, $cuts, true)['band'];
    }

    /**
     * Expected loss of doing nothing, and whether an offer would pay.
     *
     * loss = risk × residual. An offer that costs `cost` and wins back a share `effect` of those who would have left pays when
     * gain = effect × loss − cost is positive.
     *
     * @param mixed $risk list<float>|string|Column in [0, 1]
     * @param mixed $residual list<float>|string|Column: money still to come (Clv::residual()), finite or NaN
     * @param float $cost of contacting one customer, finite and >= 0
     * @param float $effect share of leavers that the contact keeps, in [0, 1]
     * @return array{loss: list<float>|string|Column, gain: list<float>|string|Column} NaN where residual is
     */
    public static function expectedLoss(
        mixed $risk,
        mixed $residual,
        float $cost,
        float $effect,
        ?Context $context = null,
    ): array {
        $result = retain_churn_expected_loss($context?->raw(), $risk, $residual, $cost, $effect, true, true);
        return ['loss' => $result['loss'], 'gain' => $result['gain']];
    }
}
