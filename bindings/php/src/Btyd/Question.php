<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Clv;
use Retain\Exception\ArgumentException;

/**
 * What is asked about every customer: a quantity, and a window (T + since, T + since + t] after the observation end.
 *
 *     $question = Question::orders(days: 91, since: 91);         // the quarter after next
 *     $orders = $model->forecast($customers, $question);
 *     $limits = $model->interval($customers, $question, level: 0.9);
 *
 * Give `t` and `since` in the model's unit, or `days`, and then `since` is in days too. Answers that are times are in the model's unit. A
 * new customer is frequency 0, t_x 0, T 0; answers count repeat occasions.
 */
final readonly class Question
{
    /** In the order of the library's numbers. */
    private const NAMES = [
        1 => 'orders', 'discounted', 'silence', 'nextOrderBy', 'alive', 'count', 'atMost', 'variance', 'quantile', 'nextOrder',
        'nextOrderMean', 'rate', 'leaving', 'lifetime', 'discountedVariance',
    ];

    /**
     * @param float $length of the window, and its start: in units of time, or in days
     * @param ?float $annualRate in place of delta
     */
    private function __construct(
        private int $quantity,
        private float $length = 0.0,
        private float $start = 0.0,
        private bool $inDays = false,
        private ?float $delta = 0.0,
        private ?float $annualRate = null,
        private float $n = 0.0,
        private float $share = 0.5,
    ) {
    }

    /** Expected occasions in the window. */
    public static function orders(?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(1, $t, $since, $days);
    }

    /**
     * Expected occasions, each discounted to the observation end; for ever where neither t nor days is given.
     *
     * @param ?float $delta continuous discount rate per unit of time, >= 0; give this or `annualRate`
     * @param ?float $t may be infinite
     * @param ?float $annualRate effective annual discount rate, such as 0.10
     */
    public static function discounted(
        ?float $delta = null,
        ?float $t = null,
        float $since = 0.0,
        ?float $days = null,
        ?float $annualRate = null,
    ): self {
        return self::discounting(2, $delta, $t, $since, $days, $annualRate);
    }

    /** P(no order in the window), whether dead or merely slow. */
    public static function silence(?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(3, $t, $since, $days);
    }

    /** P(at least one order in the window); with since = 0, P(next order by T + t). */
    public static function nextOrderBy(?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(4, $t, $since, $days);
    }

    /** P(alive at T + t); now, where neither t nor days is given. */
    public static function alive(?float $t = null, ?float $days = null): self
    {
        return self::window(5, $days === null ? $t ?? 0.0 : $t, 0.0, $days);
    }

    /** P(exactly n occasions in the window). */
    public static function count(int $n, ?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(6, $t, $since, $days, n: $n);
    }

    /** P(at most n occasions in the window). */
    public static function atMost(int $n, ?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(7, $t, $since, $days, n: $n);
    }

    /** Variance of the number of occasions in the window: chance, the parameters taken for known. */
    public static function variance(?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(8, $t, $since, $days);
    }

    /** Least number of occasions in the window that is not exceeded with probability `share`. Has no interval. */
    public static function quantile(float $share, ?float $t = null, float $since = 0.0, ?float $days = null): self
    {
        return self::window(9, $t, $since, $days, share: $share);
    }

    /**
     * Time from the observation end until the next order has come with probability `share`, by default the median; infinite where it
     * comes at all with less. That a customer is overdue already is part of what is known.
     */
    public static function nextOrder(float $share = 0.5): self
    {
        return new self(10, share: $share);
    }

    /** Expected time until the next order, given that it comes by T + t. */
    public static function nextOrderMean(?float $t = null, ?float $days = null): self
    {
        return self::window(11, $t, 0.0, $days);
    }

    /** E[rate of buying while alive | data], occasions per unit of time. */
    public static function rate(): self
    {
        return new self(12);
    }

    /** E[inclination to leave | data]: per unit of time (Pareto/NBD), or per chance to leave (BG/NBD, MBG/NBD). */
    public static function leaving(): self
    {
        return new self(13);
    }

    /**
     * Expected time in the window for which the customer is still there, each instant discounted to the observation end; infinite where
     * that diverges. For ever where neither t nor days is given.
     *
     * @param ?float $delta continuous discount rate per unit of time, >= 0; this or `annualRate`, or no discount
     * @param ?float $t may be infinite
     * @param ?float $annualRate effective annual discount rate, such as 0.10
     */
    public static function lifetime(
        ?float $delta = null,
        ?float $t = null,
        float $since = 0.0,
        ?float $days = null,
        ?float $annualRate = null,
    ): self {
        return self::discounting(14, $delta ?? ($annualRate === null ? 0.0 : null), $t, $since, $days, $annualRate);
    }

    /**
     * Variance of the discounted number of occasions in the window: chance, the parameters taken for known. For ever where neither t nor
     * days is given.
     *
     * @param ?float $delta continuous discount rate per unit of time, > 0 where the window has no end; this or `annualRate`
     * @param ?float $t may be infinite
     * @param ?float $annualRate effective annual discount rate, such as 0.10
     */
    public static function discountedVariance(
        ?float $delta = null,
        ?float $t = null,
        float $since = 0.0,
        ?float $days = null,
        ?float $annualRate = null,
    ): self {
        return self::discounting(15, $delta, $t, $since, $days, $annualRate);
    }

    /**
     * As the raw extension takes it.
     *
     * @internal
     * @param float $unitDays days in the model's unit of time
     * @return array{int, float, float, float, float, float}
     */
    public function numbers(float $unitDays): array
    {
        $unit = $this->inDays ? $unitDays : 1.0;
        $start = $this->start / $unit;
        $delta = $this->delta ?? Clv::delta((float) $this->annualRate, $unitDays);
        return [$this->quantity, $start, $start + $this->length / $unit, $delta, $this->n, $this->share];
    }

    /**
     * Calls the raw extension; where its sentence says the number of the question, the exception says its name.
     *
     * @internal
     * @return array<string, mixed>
     */
    public function put(callable $raw, mixed ...$arguments): array
    {
        try {
            return $raw(...$arguments);
        } catch (ArgumentException $refused) {
            $sentence = preg_replace('/^question\.quantity is \d+/', "the question is '" . self::NAMES[$this->quantity] . "'", $refused->getMessage());
            throw new ArgumentException((string) $sentence, $refused->getCode());
        }
    }

    private static function window(
        int $quantity,
        ?float $t,
        float $since,
        ?float $days,
        float $n = 0.0,
        float $share = 0.5,
        ?float $delta = 0.0,
        ?float $annualRate = null,
        float $most = PHP_FLOAT_MAX,
    ): self {
        if (($t === null) === ($days === null)) {
            throw new ArgumentException("give either t, in the model's unit of time, or days", 1);
        }
        $length = $t ?? $days;
        foreach ([$t === null ? 'days' : 't' => [$length, $most], 'since' => [$since, PHP_FLOAT_MAX]] as $name => [$value, $limit]) {
            if (!($value >= 0.0 && $value <= $limit)) {
                $rule = $limit < INF ? 'finite and at least 0' : 'at least 0';
                throw new ArgumentException(sprintf('%s is %.15G; it must be %s', $name, $value, $rule), 1);
            }
        }
        return new self($quantity, (float) $length, $since, $days !== null, $delta, $annualRate, $n, $share);
    }

    private static function discounting(
        int $quantity,
        ?float $delta,
        ?float $t,
        float $since,
        ?float $days,
        ?float $annualRate,
    ): self {
        if (($delta === null) === ($annualRate === null)) {
            throw new ArgumentException('give either delta or annualRate: the discount', 1);
        }
        foreach (['delta' => $delta, 'annualRate' => $annualRate] as $name => $rate) {
            if ($rate !== null && !($rate >= 0.0 && $rate < INF)) {
                throw new ArgumentException(sprintf('%s is %.15G; it must be finite and at least 0', $name, $rate), 1);
            }
        }
        $t = $days === null ? $t ?? INF : $t;
        return self::window($quantity, $t, $since, $days, delta: $delta, annualRate: $annualRate, most: INF);
    }
}
