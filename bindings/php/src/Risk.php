<?php

declare(strict_types=1);

namespace Retain;

use Retain\Btyd\Family;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Risk\Card;
use Retain\Risk\Method;
use Retain\Risk\Risks;

/**
 * Who is about to leave, in one call: for each customer the risk, why, what it would cost, and whom to act on first. And the test that
 * earned it.
 *
 *     $found = (new Risk(horizonDays: 60, cost: 2.5, most: 200))->score($orders, '2024-06-30');
 *     echo $found->card->explanation;
 *     foreach ($found->first(10) as $customer) {
 *         echo $customer['customer'], ' ', $customer['risk'], ' ', $customer['reasons'][0]['theme'] ?? '', "\n";
 *     }
 *
 * It goes back to dates in the past, a horizon apart, takes down what was known of each customer then and who was silent afterwards,
 * learns from that, tests what it learnt on the last of these dates, whose customers it has learnt nothing from, and says the risk as of
 * today. The card says whether that is better than the rule that needs no model: longest absent first.
 */
final readonly class Risk
{
    /**
     * @param int $horizonDays H: the risk is P(no order in the next H days)
     * @param ?int $activeDays only customers with an order in the last so many days; null means everybody who ever bought
     * @param int $dates most dates of the past, 2 to 60
     * @param ?Method $method the one that is to be behind the risks; null: what is learnt, unless the rhythm foretold better
     * @param Family $family model of orders, but BG/BB and the regular ones
     * @param float $valueDays over how many days customers are valued
     * @param float $annualRate discount rate of money to come
     * @param float $margin share of value that is profit, above 0: with losses there is nothing to lose, and no order of who is to be kept
     * @param float $cost of acting on one customer
     * @param float $effect share of those who would leave that acting keeps
     * @param ?int $most so many can be acted on
     * @param int $fewest customers of either outcome that learning and the test need each
     * @param float $l2 penalty on standardised slopes
     * @param float $level of all limits
     */
    public function __construct(
        private int $horizonDays = 90,
        private ?int $activeDays = null,
        private int $dates = 8,
        private ?Method $method = null,
        private Family $family = Family::ParetoNbd,
        private float $valueDays = 365.0,
        private float $annualRate = 0.0,
        private float $margin = 1.0,
        private float $cost = 0.0,
        private float $effect = 0.1,
        private ?int $most = null,
        private int $fewest = 50,
        private float $l2 = 1.0,
        private float $level = 0.95,
        private int $occasionDays = 1,
        private bool $countZeroOrders = false,
    ) {
        foreach (['horizonDays' => $horizonDays, 'activeDays' => $activeDays ?? 1, 'dates' => $dates, 'most' => $most ?? 1, 'fewest' => $fewest] as $name => $one) {
            Columns::positiveInt($one, $name);
        }
        Columns::positiveInt($occasionDays, 'occasionDays');
        Columns::positive($valueDays, 'valueDays');
        Columns::positive($margin, 'margin');
        Columns::positive($effect, 'effect');
        Columns::positive($l2, 'l2');
        Columns::level($level);
        if ($method === Method::LongestAbsent) {
            throw new ArgumentException('method is LongestAbsent, which gives no probabilities; it must be Rhythm or Learnt, or null', 1);
        }
    }

    /**
     * Scores all customers of today, and tests the score on the past.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included: what the log is complete up to
     * @param ?Signals $events tickets, returns, late deliveries, visits
     * @param mixed $discount money taken off the price of each row of the log, >= 0: list<float>|string|Column
     * @param mixed $category what was bought in each row: list<int|string>|string|Column
     * @throws ConvergenceException with the card as `report`, where there is too little to learn from or to test on
     * @throws DataException for a bad row
     */
    public function score(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        ?Signals $events = null,
        mixed $discount = null,
        mixed $category = null,
        ?Context $context = null,
    ): Risks {
        $discount = Columns::checkOptional($discount, 'discount');
        [$goods, $labels] = Figures::codes($category, 'category');
        Columns::sameLength(
            array_filter(['customer' => $orders->customer, 'discount' => $discount, 'category' => $goods], static fn ($one) => $one !== null),
            ['discount' => Columns::FLOAT64]
        );
        $kinds = $events === null ? 0 : max(1, count($events->kinds));
        $log = $orders->columns();
        $log[0] = Columns::pack($log[0], Columns::INT64); // so that columns come back packed: lists take twice the memory
        $asked = [
            ...$log,
            $discount,
            $goods,
            max(1, count($labels)),
            ...($events?->columns($orders) ?? [null, null, null, null]),
            $kinds,
            Day::of($observationEnd, 'observationEnd'),
            $this->occasionDays,
            (int) $this->countZeroOrders,
            ...$this->options(),
        ];
        $result = retain_risk_customers($context?->raw(), ...[...$asked, $this->room($orders, $asked), ...array_fill(0, 16, true)]);
        $card = Card::of($result['record']);
        if ($result['record']['status'] !== 0) {
            $exception = new ConvergenceException($card->explanation, $result['record']['status']);
            $exception->report = $card;
            throw $exception;
        }
        $features = (new Features(...$this->features()))->columns($discount !== null, $goods !== null, $kinds, $events?->kinds ?? []);
        return new Risks($orders, $card, $features, $events === null ? [] : (array_map(static fn (int|string $kind): string => "events_$kind", $events->kinds) ?: ['events']), $result, $asked);
    }

    /** @return list<int|float> as the extension takes them */
    private function options(): array
    {
        return [
            $this->horizonDays,
            $this->activeDays ?? 0,
            $this->dates,
            $this->method === null ? 0 : 1 + $this->method->value,
            $this->family->value,
            $this->valueDays,
            $this->annualRate,
            $this->margin,
            $this->cost,
            $this->effect,
            $this->most ?? 0,
            $this->fewest,
            $this->level,
            $this->l2,
        ];
    }

    /** @return array<string, mixed> arguments of Features that make what risks are made of */
    private function features(): array
    {
        $plan = retain_risk_features(null, $this->horizonDays, true);
        return [
            'horizonDays' => $this->horizonDays,
            'windows' => Columns::list($plan['windows'], Columns::INT64),
            'trendDays' => $plan['record']['trend_days'],
            'eventDays' => $plan['record']['event_days'],
        ];
    }

    /**
     * How many customers there are at most.
     *
     * @param list<mixed> $asked
     */
    private function room(Orders $orders, array $asked): int
    {
        $log = $orders->columns();
        $end = $asked[count($log) + 8];
        $counting = [$this->occasionDays, (int) $this->countZeroOrders];
        return retain_orders_summary(null, ...[...$log, $end, 1.0, ...$counting, ...array_fill(0, 14, false)])['record']['count'];
    }
}
