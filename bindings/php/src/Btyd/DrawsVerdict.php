<?php

declare(strict_types=1);

namespace Retain\Btyd;

/** How draws ended. Converged is the only success. */
enum DrawsVerdict: int
{
    case None = 0;
    case Converged = 1;
    /** posterior: the chains disagree */
    case Apart = 2;
    /** posterior: they agree, but tell less than 100 independent draws each would */
    case Few = 3;
    /** posterior: more than 1 of 1000 trajectories broke off */
    case Divergent = 4;
    /** bootstrap: more than 1 of 20 refits found no interior maximum */
    case Unsteady = 5;
    case TooLittleData = 6;
}
