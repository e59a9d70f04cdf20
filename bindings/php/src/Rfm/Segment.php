<?php

declare(strict_types=1);

namespace Retain\Rfm;

use Retain\Exception\ArgumentException;

/** The segments of the default map: every code (r, f, m) from 1 to 5 belongs to exactly one. */
enum Segment: int
{
    case Champions = 0;
    case LoyalCustomers = 1;
    case PotentialLoyalists = 2;
    case NewCustomers = 3;
    case Promising = 4;
    case NeedAttention = 5;
    case AboutToSleep = 6;
    case AtRisk = 7;
    case CannotLoseThem = 8;
    case Hibernating = 9;
    case Lost = 10;

    /** Segment of a code in the default map; each score from 1 to 5. */
    public static function of(int $r, int $f, int $m): self
    {
        return self::tryFrom(retain_rfm_default_segment($r, $f, $m))
            ?? throw new ArgumentException("the code ($r, $f, $m) has no segment; each score must lie in [1, 5]", 1);
    }

    /** Name, such as "cannot lose them". */
    public function label(): string
    {
        return retain_rfm_segment_name($this->value);
    }

    /** What to do about them, in one line. */
    public function advice(): string
    {
        return match ($this) {
            self::Champions =>
                'Reward them, show them what is new first, ask them for reviews and referrals; no discounts.',
            self::LoyalCustomers => 'Sell them the better product, thank them, offer the loyalty programme.',
            self::PotentialLoyalists =>
                'Offer membership and what goes with what they bought; a second or third order makes the habit.',
            self::NewCustomers => 'Welcome them, help with the first purchase, and ask for the second order soon.',
            self::Promising => 'Keep the brand in sight: a small reason to come back, a starter offer.',
            self::NeedAttention => 'A limited offer on what they bought before, before they slip.',
            self::AboutToSleep => 'Remind them now: what they looked at, what is popular, what has become cheaper.',
            self::AtRisk => 'Write personally, with a good offer: they bought often or much, and are late.',
            self::CannotLoseThem =>
                'Win them back by hand: call, ask what went wrong, make it right. Do not lose them to a competitor.',
            self::Hibernating => 'A cheap reminder in the season they bought in; no costly offers.',
            self::Lost => 'One last win-back mail, then leave them out of campaigns.',
        };
    }
}
