<?php

declare(strict_types=1);

namespace Retain;

/** Which responses of a customer count. */
enum SurveyChoice: int
{
    /** The earliest by day: customers are independent, and nobody counts twice because he came back and was asked again. */
    case First = 0;

    /** The last one: the latest opinion. That there is no later one may be because the customer left. */
    case Last = 1;

    /** Every one: those of one customer are not independent, and intervals are too narrow. */
    case Each = 2;
}
