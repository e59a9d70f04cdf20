<?php

declare(strict_types=1);

namespace Retain;

/** How a fit ended. Converged is the only success: the others come with a ConvergenceException. */
enum Verdict: int
{
    /** No fit was made. */
    case None = 0;

    /** An interior maximum that the data identify. */
    case Converged = 1;

    /** The likelihood rises towards a parameter of 0 or infinity; the model given is practically its limit. */
    case Boundary = 2;

    /** The data leave a parameter open, alone or with others (its 95 % interval spans more than a factor of 1000): the given point is one of many. */
    case Ridge = 3;

    /** Fewer rows, or less variety in them, than parameters need. */
    case TooLittleData = 4;

    /** The iterations ran out before anything above could be said. */
    case Stopped = 5;
}
