<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Day;
use Retain\Exception\ArgumentException;
use Retain\Orders;

/**
 * Order values of each customer, summed up: what LogNormal and GammaGammaOrders read.
 *
 *     $values = OrderValues::of($orders, '2024-12-31', unitDays: 30.4375);
 *
 * An order is an occasion: all orders of a customer on one day are one. Whoever has the figures already gives them.
 */
final readonly class OrderValues implements \Countable
{
    private const COLUMNS = [
        'orders', 'mean', 'meanLog', 'logSquares', 'frequency', 'time', 'timeSquares', 'timeLogs', 'weight', 'id',
    ];

    /** @var list<float|int>|string|Column n: occasions whose values are counted, whole numbers >= 0 */
    public array|string|Column $orders;

    /** @var list<float>|string|Column their mean value; NaN like the columns below where n is 0 */
    public array|string|Column $mean;

    /** @var list<float>|string|Column mean of the logarithms of their values */
    public array|string|Column $meanLog;

    /** @var list<float>|string|Column sum of the squared deviations of the logarithms from it */
    public array|string|Column $logSquares;

    /** @var list<float|int>|string|Column|null x: how often the customer buys, a count or a rate >= 0 */
    public array|string|Column|null $frequency;

    /** @var list<float>|string|Column|null mean time of the orders, in units; 0 is the observation end */
    public array|string|Column|null $time;

    /** @var list<float>|string|Column|null sum of the squared deviations of the times from it */
    public array|string|Column|null $timeSquares;

    /** @var list<float>|string|Column|null sum of the products of the deviations of times and logarithms */
    public array|string|Column|null $timeLogs;

    /** @var list<float>|string|Column|null the row stands for so many identical customers; null means 1 */
    public array|string|Column|null $weight;

    /** @var list<int|string>|string|Column|null who, ascending */
    public array|string|Column|null $id;

    public function __construct(
        mixed $orders,
        mixed $mean,
        mixed $meanLog,
        mixed $logSquares,
        mixed $frequency = null,
        mixed $time = null,
        mixed $timeSquares = null,
        mixed $timeLogs = null,
        mixed $weight = null,
        mixed $id = null,
    ) {
        $this->orders = Columns::check($orders, 'orders');
        $this->mean = Columns::check($mean, 'mean');
        $this->meanLog = Columns::check($meanLog, 'meanLog');
        $this->logSquares = Columns::check($logSquares, 'logSquares');
        $this->frequency = Columns::checkOptional($frequency, 'frequency');
        $this->time = Columns::checkOptional($time, 'time');
        $this->timeSquares = Columns::checkOptional($timeSquares, 'timeSquares');
        $this->timeLogs = Columns::checkOptional($timeLogs, 'timeLogs');
        $this->weight = Columns::checkOptional($weight, 'weight');
        $this->id = Columns::checkOptional($id, 'id');
        $columns = [];
        foreach (self::COLUMNS as $name) {
            $columns[$name] = $this->$name;
        }
        Columns::sameLength($columns, ['id' => Columns::INT64]);
    }

    /**
     * From an order log. Occasions worth nothing (countZeroOrders) have no logarithm: they are in `frequency` only.
     *
     * @param bool $withFirst count the first occasion too; by default it does not count, as in the `spend` of Orders::summary(),
     *                        because first orders are often of another size
     * @param float $unitDays days in the unit of time: 30.4375 for months
     */
    public static function of(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        bool $withFirst = false,
        float $unitDays = 1.0,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): self {
        $result = retain_spend_orders(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                Columns::positive($unitDays, 'unitDays'),
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                (int) $withFirst,
                ...array_fill(0, 9, true),
            ]
        );
        return new self(
            orders: $result['orders'],
            mean: $result['mean'],
            meanLog: $result['mean_log'],
            logSquares: $result['log_squares'],
            frequency: $result['frequency'],
            time: $result['time'],
            timeSquares: $result['time_squares'],
            timeLogs: $result['time_logs'],
            id: $orders->namesOf($result['out_customer']),
        );
    }

    /** Number of customers. */
    public function count(): int
    {
        return Columns::count($this->orders, Columns::FLOAT64);
    }

    /**
     * The columns as the raw extension takes them.
     *
     * @internal
     * @return list<mixed>
     */
    public function columns(bool $frequency, bool $trend): array
    {
        foreach (['frequency' => $frequency, 'time' => $trend] as $name => $needed) {
            if ($needed && $this->$name === null) {
                throw new ArgumentException("$name is missing; the model depends on it", 1);
            }
        }
        return [
            $this->orders, $this->mean, $this->meanLog, $this->logSquares, $frequency ? $this->frequency : null,
            ...($trend ? [$this->time, $this->timeSquares, $this->timeLogs] : [null, null, null]),
        ];
    }
}
