<?php

declare(strict_types=1);

namespace Retain\Btyd;

/**
 * BG/CNBD-k: BG/NBD for customers who buy regularly: gaps are Erlang-k. k = 1 is BgNbd.
 *
 * Platzer & Reutterer 2016, Marketing Science 35(5).
 */
final readonly class BgCnbd extends RegularModel
{
    public static function family(): Family
    {
        return Family::BgCnbd;
    }
}
