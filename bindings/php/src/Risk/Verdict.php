<?php

declare(strict_types=1);

namespace Retain\Risk;

/** How a score ended. */
enum Verdict: int
{
    /** Nothing was done. */
    case None = 0;

    /** On the test it told leavers better than the naive rule, beyond chance. */
    case Earned = 1;

    /** It did not: "longest absent first" is as good an order. */
    case NotBetter = 2;

    /** There is too little to learn from, or to test on: no risks are given. */
    case TooLittleData = 3;
}
