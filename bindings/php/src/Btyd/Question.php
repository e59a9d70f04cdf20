<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Exception\ArgumentException;

/**
 * What is asked about every customer: a quantity, and a window (T + since, T + since + t] after the observation end.
 *
 *     $question = Question::orders(t: 13, since: 13);            // weeks 14 to 26 from now
 *     $orders = $model->forecast($customers, $question);
 *     $limits = $model->interval($customers, $question, level: 0.9);
 *
 * Times are in the model's unit. A new customer is frequency 0, t_x 0, T 0; answers count repeat occasions.
 */
final readonly class Question
{
    private function __construct(
        private int $quantity,
        private float $start = 0.0,
        private float $end = 0.0,
        private float $delta = 0.0,
        private float $n = 0.0,
        private float $share = 0.5,
    ) {
    }

    /** Expected occasions in the window. */
    public static function orders(float $t, float $since = 0.0): self
    {
        return new self(1, self::start($since), $since + $t);
    }

    /**
     * Expected occasions, each discounted to the observation end.
     *
     * @param float $t may be infinite
     * @param float $delta continuous discount rate per unit of time, >= 0; Retain\Clv::delta() makes it of an annual rate
     */
    public static function discounted(float $delta, float $t = INF, float $since = 0.0): self
    {
        return new self(2, self::start($since), $since + $t, $delta);
    }

    /** P(no order in the window), whether dead or merely slow. */
    public static function silence(float $t, float $since = 0.0): self
    {
        return new self(3, self::start($since), $since + $t);
    }

    /** P(at least one order in the window); with since = 0, P(next order by T + t). */
    public static function nextOrderBy(float $t, float $since = 0.0): self
    {
        return new self(4, self::start($since), $since + $t);
    }

    /** P(alive at T + t). */
    public static function alive(float $t = 0.0): self
    {
        return new self(5, 0.0, $t);
    }

    /** P(exactly n occasions in the window). */
    public static function count(int $n, float $t, float $since = 0.0): self
    {
        return new self(6, self::start($since), $since + $t, 0.0, (float) $n);
    }

    /** P(at most n occasions in the window). */
    public static function atMost(int $n, float $t, float $since = 0.0): self
    {
        return new self(7, self::start($since), $since + $t, 0.0, (float) $n);
    }

    /** Variance of the number of occasions in the window: chance, the parameters taken for known. */
    public static function variance(float $t, float $since = 0.0): self
    {
        return new self(8, self::start($since), $since + $t);
    }

    /** Least number of occasions in the window that is not exceeded with probability `share`. Has no interval. */
    public static function quantile(float $share, float $t, float $since = 0.0): self
    {
        return new self(9, self::start($since), $since + $t, 0.0, 0.0, $share);
    }

    /**
     * Time from the observation end until the next order has come with probability `share`, by default the median; infinite where it
     * comes at all with less. That a customer is overdue already is part of what is known.
     */
    public static function nextOrder(float $share = 0.5): self
    {
        return new self(10, 0.0, 0.0, 0.0, 0.0, $share);
    }

    /** Expected time until the next order, given that it comes by T + t. */
    public static function nextOrderMean(float $t): self
    {
        return new self(11, 0.0, $t);
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
     * that diverges.
     *
     * @param float $t may be infinite
     * @param float $delta continuous discount rate per unit of time, >= 0
     */
    public static function lifetime(float $delta = 0.0, float $t = INF, float $since = 0.0): self
    {
        return new self(14, self::start($since), $since + $t, $delta);
    }

    /**
     * Variance of the discounted number of occasions in the window: chance, the parameters taken for known.
     *
     * @param float $delta continuous discount rate per unit of time, > 0 where t is infinite
     */
    public static function discountedVariance(float $delta, float $t = INF, float $since = 0.0): self
    {
        return new self(15, self::start($since), $since + $t, $delta);
    }

    /**
     * As the raw extension takes it.
     *
     * @internal
     * @return array{int, float, float, float, float, float}
     */
    public function numbers(): array
    {
        return [$this->quantity, $this->start, $this->end, $this->delta, $this->n, $this->share];
    }

    private static function start(float $since): float
    {
        if (!($since >= 0.0 && $since < INF)) {
            throw new ArgumentException(sprintf('since is %.15G; it must be finite and at least 0', $since), 1);
        }
        return $since;
    }
}
