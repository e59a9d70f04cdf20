<?php

declare(strict_types=1);

namespace Retain\Contract;

/** At which moment a value is taken, v being 1 / (1 + d). In all of them the customer has survived n renewals. */
enum Moment: int
{
    /** DEL: just after a payment, sign-up or n-th renewal, which counts. Sum over j >= 0 of v^j S(n + j) / S(n). */
    case Del = 0;

    /** DERL just before the next decision, whose payment is not discounted. Sum over j >= 0 of v^j S(n + 1 + j) / S(n). */
    case DerlBefore = 1;

    /** DERL just after a payment, which does not count: DEL − 1. */
    case DerlAfter = 2;
}
