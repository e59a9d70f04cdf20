<?php

declare(strict_types=1);

namespace Retain;

/** Orders and money by day of the week, and by hour where times were given. */
final readonly class RepeatProfile extends Value
{
    /**
     * @param array<int, float|list<float>> $orders by day of the week, 1 for Monday to 7 for Sunday; with times of day a list of 24
     * @param array<int, float|list<float>> $revenue their money
     */
    public function __construct(public array $orders, public array $revenue)
    {
    }
}
