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
        $cuts = $cuts === null ? null : Columns::numbers($cuts, 'cuts');
        if ($cuts !== null && count($cuts) > 254) {
            throw new ArgumentException('cuts has ' . count($cuts) . ' entries; it may have at most 254', 1);
        }
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

    /**
     * Is the current silence unusual for this customer? P(a gap at least as long), given the gaps before it and that he is a customer
     * still: small for who is overdue by his own measure. A rhythm, not a risk.
     *
     * @return list<float>|string|Column probabilities
     */
    public static function overdue(Model $model, Customers $customers, ?Context $context = null): array|string|Column
    {
        return retain_churn_overdue($context?->raw(), ...[...$model->inputs($customers), true])['p_value'];
    }

    /**
     * How long a silence is by the customer's own gaps and by those of the shop: the same without a model. Only gaps that have ended
     * are counted; short ones have had more time to end.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param float $priorGaps m: the shop's gaps count as so many of the customer's own
     */
    public static function gaps(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        float $priorGaps = 4.0,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): ChurnGaps {
        $result = retain_churn_gaps(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                Columns::positive($priorGaps, 'priorGaps'),
                ...array_fill(0, 6, true),
            ]
        );
        $column = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        return new ChurnGaps(
            Columns::list($orders->namesOf($result['customers']), Columns::INT64),
            $column('silence'),
            $column('gaps'),
            $column('own_share'),
            $column('shop_share'),
            $column('p_value'),
        );
    }

    /**
     * From which risk on contacting a customer pays: (cost + incentive) / (effect × value + (1 − effect) × incentive). Above 1: never.
     *
     * @param mixed $value list<float>|string|Column: money still to come (Clv::residual()), finite or NaN
     * @return list<float>|string|Column
     */
    public static function thresholds(mixed $value, ChurnOffer $offer, ?Context $context = null): array|string|Column
    {
        return retain_churn_thresholds($context?->raw(), $value, ...[...$offer->raw(), true])['threshold'];
    }

    /**
     * Whom to contact: those whose gain is largest, at most `most` of them, and nobody whose gain is not positive.
     *
     * @param mixed $risk list<float>|string|Column in [0, 1]
     * @param mixed $value list<float>|string|Column: money still to come; customers without one (NaN) are not chosen
     * @param ?int $most how many can be contacted; null means all who pay
     * @param float $level of the prediction limits
     */
    public static function select(
        mixed $risk,
        mixed $value,
        ChurnOffer $offer,
        ?int $most = null,
        float $level = 0.95,
        ?Context $context = null,
    ): ChurnSelection {
        if ($most !== null && $most < 0) {
            throw new ArgumentException("most is $most; it must be at least 0", 1);
        }
        $rest = [...$offer->raw(), $most ?? -1, Columns::level($level), true, true];
        $result = retain_churn_select($context?->raw(), $risk, $value, ...$rest);
        return new ChurnSelection($result['chosen'], $result['gain'], ...array_values($result['record']));
    }

    /**
     * How many customers leave, with limits: chance alone, if the risks are right and customers leave independently.
     *
     * @param mixed $risk list<float>|string|Column in [0, 1]
     * @param mixed $value optional money at stake: list<float>|string|Column
     */
    public static function lost(mixed $risk, mixed $value = null, float $level = 0.95, ?Context $context = null): ChurnLoss
    {
        return new ChurnLoss(...array_values(retain_churn_lost($context?->raw(), $risk, $value, Columns::level($level))['record']));
    }

    /**
     * Profit when customers are contacted in the order of a score, and the best cut.
     *
     * @param mixed $score list<float>|string|Column: the larger, the sooner contacted
     * @param mixed $left list<float>|string|Column: 1 for who left, 0 for who stayed (of a holdout), or the probability of leaving
     * @param mixed $value list<float>|string|Column: money at stake
     */
    public static function profit(
        mixed $score,
        mixed $left,
        mixed $value,
        ChurnOffer $offer,
        float $level = 0.95,
        ?Context $context = null,
    ): ChurnProfit {
        $rest = [...$offer->raw(), Columns::level($level), ...array_fill(0, 6, true)];
        $result = retain_churn_profit($context?->raw(), $score, $left, $value, ...$rest);
        $curve = [];
        foreach (['score' => 'at', 'customers' => 'customers', 'cost' => 'spent', 'profit' => 'profit', 'low' => 'low', 'high' => 'high'] as $name => $from) {
            $curve[$name] = Columns::list($result[$from], Columns::FLOAT64);
        }
        $best = $result['record'];
        unset($best['points']);
        return new ChurnProfit($curve, ...array_values($best));
    }
}
