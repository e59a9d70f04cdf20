<?php

declare(strict_types=1);

namespace Retain\Btyd;

/**
 * MBG/CNBD-k: MBG/NBD for customers who buy regularly: gaps are Erlang-k. k = 1 is MbgNbd.
 *
 * Platzer & Reutterer 2016, Marketing Science 35(5).
 */
final readonly class MbgCnbd extends RegularModel
{
    public static function family(): Family
    {
        return Family::MbgCnbd;
    }
}
