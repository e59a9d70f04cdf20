<?php

declare(strict_types=1);

namespace Retain\Risk;

/** A way to tell who will be silent. */
enum Method: int
{
    /** The naive rule: days since the last order. An order of customers, no probability. */
    case LongestAbsent = 0;

    /** P(no order in the next H days) of a model of orders. */
    case Rhythm = 1;

    /** Logistic regression on what was known of each customer. */
    case Learnt = 2;

    /** Its name, such as 'longest absent'. */
    public function label(): string
    {
        return retain_risk_method_name($this->value);
    }
}
