<?php

declare(strict_types=1);

namespace Retain;

/** What stands for "has left". */
enum ChurnKind: int
{
    /** P(no order in the next days). */
    case Silence = 0;

    /** 1 − P(alive), for models in which it means something: refused for BG/NBD. */
    case Dead = 1;
}
