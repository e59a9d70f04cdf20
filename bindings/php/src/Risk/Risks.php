<?php

declare(strict_types=1);

namespace Retain\Risk;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\FeaturesColumn;
use Retain\Orders;

/**
 * What Risk::score() found: columns in ascending order of customer.
 *
 *     $found->risk[0]          // P(no order in the next H days)
 *     $found->first(20)        // those with most value at risk, with their reasons
 *     $found->reasons(0)       // why
 */
final readonly class Risks implements \Countable
{
    /** Reasons given for each customer, at most. */
    public const REASONS = 3;

    /** @var list<int|string> */
    public array $customer;

    /** @var list<float> P(no order in the next H days) */
    public array $risk;

    /** @var list<float> its lower limit */
    public array $riskLow;

    /** @var list<float> its upper limit */
    public array $riskHigh;

    /** @var list<float> log(risk / (1 - risk)) = card->base + the contributions */
    public array $logOdds;

    /** @var list<float> money to come; NAN where spending has no model */
    public array $residual;

    /** @var list<float> risk x residual */
    public array $valueAtRisk;

    /** @var list<float> of acting */
    public array $gain;

    /** @var list<int> 1 for the one with most value at risk */
    public array $rank;

    /** @var list<Band> whom to act on */
    public array $band;

    /** @var list<string> names of the themes; kinds of events have their own */
    public array $themes;

    /** @var array<string, list<int|float>|string|Column> as the extension gave them: as lists they may take twice the memory */
    private array $blocks;

    /**
     * @internal
     * @param list<FeaturesColumn> $features what was known of each customer, as data
     * @param list<int|string> $kinds
     * @param array<string, mixed> $result
     * @param list<mixed> $asked
     */
    public function __construct(
        private Orders $orders,
        public Card $card,
        public array $features,
        array $kinds,
        array $result,
        private array $asked,
    ) {
        $of = static fn (string $name, string $format = Columns::FLOAT64): array => Columns::list($result[$name], $format);
        $this->customer = Columns::list($orders->namesOf($of('customers', Columns::INT64)), Columns::INT64);
        $this->risk = $of('risk');
        $this->riskLow = $of('risk_low');
        $this->riskHigh = $of('risk_high');
        $this->logOdds = $of('log_odds');
        $this->residual = $of('residual');
        $this->valueAtRisk = $of('value_at_risk');
        $this->gain = $of('gain');
        $this->rank = $of('rank', Columns::INT64);
        $this->band = array_map(Band::from(...), $of('band', Columns::UINT8));
        $this->themes = [...array_map(static fn (int $theme): string => retain_risk_theme_name($theme), range(0, 6)), ...array_map('strval', $kinds)];
        $this->blocks = array_intersect_key(
            $result,
            array_flip(['contribution', 'reason', 'reason_column', 'reason_effect', 'reason_value', 'reason_typical'])
        );
    }

    private function number(string $block, int $at, string $format = Columns::FLOAT64): int|float
    {
        $numbers = $this->blocks[$block];
        return is_string($numbers) ? unpack($format, $numbers, 8 * $at)[1] : $numbers[$at];
    }

    /** Number of customers. */
    public function count(): int
    {
        return count($this->risk);
    }

    /**
     * Why the customer in this row has such a risk, the strongest reason first: the theme, what it adds to the log odds, the feature that
     * says most of it, what that is, and what is typical.
     *
     * @return list<array{theme: string, effect: float, feature: string, value: float, typical: float}>
     */
    public function reasons(int $row): array
    {
        $reasons = [];
        for ($place = 0; $place < self::REASONS && isset($this->risk[$row]); $place++) {
            $at = $place * count($this->risk) + $row;
            $theme = $this->number('reason', $at, Columns::INT64);
            if ($theme < 0) {
                break;
            }
            $column = $this->number('reason_column', $at, Columns::INT64);
            $reasons[] = [
                'theme' => $this->themes[$theme],
                'effect' => $this->number('reason_effect', $at),
                'feature' => $column < 0 ? 'rhythm' : $this->features[$column]->name,
                'value' => $this->number('reason_value', $at),
                'typical' => $this->number('reason_typical', $at),
            ];
        }
        return $reasons;
    }

    /**
     * What each theme adds to card->base of the customer in this row: with it, they add up to the log odds.
     *
     * @return array<string, float>
     */
    public function contributions(int $row): array
    {
        $this->risk[$row] ?? throw new ArgumentException("row is $row; there are " . count($this->risk) . ' customers', 1);
        $parts = [];
        foreach ($this->themes as $theme => $name) {
            $parts[$name] = $this->number('contribution', $theme * count($this->risk) + $row);
        }
        return $parts;
    }

    /**
     * Those with most value at risk, in the order of their rank.
     *
     * @return list<array<string, mixed>>
     */
    public function first(int $count): array
    {
        $order = $this->rank;
        asort($order);
        return array_map($this->row(...), array_slice(array_keys($order), 0, max(0, $count)));
    }

    /**
     * Everything that is said of the customer in this row.
     *
     * @return array<string, mixed>
     */
    public function row(int $row): array
    {
        $this->risk[$row] ?? throw new ArgumentException("row is $row; there are " . count($this->risk) . ' customers', 1);
        return [
            'customer' => $this->customer[$row],
            'risk' => $this->risk[$row],
            'riskLow' => $this->riskLow[$row],
            'riskHigh' => $this->riskHigh[$row],
            'residual' => $this->residual[$row],
            'valueAtRisk' => $this->valueAtRisk[$row],
            'gain' => $this->gain[$row],
            'rank' => $this->rank[$row],
            'band' => $this->band[$row],
            'reasons' => $this->reasons($row),
        ];
    }

    /**
     * The test, a row for each of its customers: the risk as it was foretold, days since the last order (the naive rule), and whether the
     * customer was silent. What Scoring takes.
     *
     * @return array{customer: list<int|string>, risk: list<float>, absent: list<float>, silent: list<int>}
     */
    public function tested(?Context $context = null): array
    {
        $result = retain_risk_tested($context?->raw(), ...[...$this->asked, $this->card->testCustomers, true, true, true, true]);
        return [
            'customer' => Columns::list($this->orders->namesOf($result['customers']), Columns::INT64),
            'risk' => Columns::list($result['risk'], Columns::FLOAT64),
            'absent' => Columns::list($result['absent'], Columns::FLOAT64),
            'silent' => Columns::list($result['silent'], Columns::UINT8),
        ];
    }
}
