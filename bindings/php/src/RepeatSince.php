<?php

declare(strict_types=1);

namespace Retain;

/** From which moment the time to an occasion is counted. */
enum RepeatSince: int
{
    /** From a customer's first occasion to the k-th. */
    case First = 0;

    /** From the (k − 1)-th occasion to the k-th, of customers who got that far. */
    case Previous = 1;

    /** From every occasion to the next: all gaps of all customers. */
    case All = 2;
}
