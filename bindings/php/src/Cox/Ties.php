<?php

declare(strict_types=1);

namespace Retain\Cox;

/** What is done about events at the same time. */
enum Ties: int
{
    /** Close to what the unknown order among them would give. */
    case Efron = 0;

    /** Each as if all of them were still there: too near to 0 where many tie. */
    case Breslow = 1;
}
