"""Writes tests/golden/service/: tickets, deliveries and returns of a made-up shop, and every figure of the service module about them.

    python tests/golden/generate/generate_service.py

tickets.csv     customer, group, opened, first_response, resolved (blank: not yet), contacts; a clock of seconds
times.csv       by case (which: response or resolution, end, target, unit) and group (blank for all): figures of retain_service_times at
                three quantiles
contacts.csv    by case (end, within) and group: figures of retain_service_contacts
parcels.csv     group, ordered, promised, delivered, returned
shares.csv      by case (which: late or returns, end, within) and group: whole, part, rate, low, high

Plain Python from the definitions; the Kaplan-Meier curve is an exact fraction at every step.
"""

import csv
import pathlib
import random
from fractions import Fraction

from generate_intervals import student
from generate_survey import real, wilson
from mpmath import erfinv, exp, log, mp, mpf, nstr, sqrt

HERE = pathlib.Path(__file__).resolve().parent.parent / "service"
mp.dps = 40
GROUPS = 4
QUANTILES = (Fraction(1, 4), Fraction(1, 2), Fraction(9, 10))
HOUR = 3600


def make():
    draw = random.Random(1958)
    tickets, parcels = [], []
    for _ in range(160):
        opened = draw.randrange(0, 600 * HOUR, 60)
        answered = opened + draw.choice((60, 600, 1800, HOUR, 2 * HOUR, 10 * HOUR)) * draw.randrange(1, 5) if draw.random() < 0.85 else None
        solved = (answered or opened) + draw.randrange(0, 120 * HOUR, 300) if draw.random() < 0.75 else None
        tickets.append({"customer": draw.randrange(-20, 30), "group": draw.choice((0, 0, 1, 3)), "opened": opened, "first_response": answered,
                        "resolved": solved, "contacts": draw.choice((1, 1, 1, 2, 3))})
    for _ in range(200):
        ordered = draw.randrange(0, 400)
        promised = ordered + draw.randrange(3, 15)
        delivered = ordered + draw.randrange(1, 22) if draw.random() < 0.93 else None
        returned = delivered + draw.randrange(1, 40) if delivered is not None and draw.random() < 0.15 else None
        parcels.append({"group": draw.choice((0, 1, 1, 2)), "ordered": ordered, "promised": promised, "delivered": delivered, "returned": returned})
    return tickets, parcels


def curve(waits):
    """(time, F, lower and upper limit of F) at every time at which something ended."""
    z = sqrt(mpf(2)) * erfinv(mpf(0.95))
    survival, variance = Fraction(1), Fraction(0)
    for time in sorted({time for time, ended in waits if ended}):
        at_risk, deaths = sum(wait >= time for wait, _ in waits), sum(wait == time and ended for wait, ended in waits)
        survival *= 1 - Fraction(deaths, at_risk)
        low = high = None
        if survival:
            variance += Fraction(deaths, at_risk * (at_risk - deaths))
            depth = -log(real(survival))
            error = z * sqrt(real(variance)) / depth
            low, high = 1 - exp(-depth * exp(-error)), 1 - exp(-depth * exp(error))
        yield time, 1 - survival, low, high


def quantile(steps, q):
    value = next((time for time, share, _, _ in steps if share >= q), None)
    low = next((time for time, share, _, high in steps if (high is not None and high >= real(q)) or share >= q), None)
    high = next((time for time, _, low_limit, _ in steps if low_limit is not None and low_limit >= real(q)), None)
    return value, low, high


def times(tickets, which, end, target, unit):
    for group in [*range(GROUPS), None]:
        waits, due, met = [], 0, 0
        for ticket in tickets:
            if (group is not None and ticket["group"] != group) or ticket["opened"] > end:
                continue
            happened = ticket["first_response" if which == "response" else "resolved"]
            closed = ticket["resolved"] if which == "response" else None
            ended = happened is not None and happened <= end
            until = happened if ended else closed if closed is not None and closed <= end else end
            waits.append((until - ticket["opened"], ended))
            if target and ticket["opened"] + target <= end:
                due += 1
                met += ended and happened - ticket["opened"] <= target
        steps = list(curve(waits))
        ended = sum(is_ended for _, is_ended in waits)
        row = [which, end, target, unit, group, len(waits), ended]
        scaled = lambda x: None if x is None else Fraction(x, unit)
        for q in QUANTILES:
            row += map(scaled, quantile(steps, q))
        if waits and ended == len(waits):
            mean = Fraction(sum(wait for wait, _ in waits), len(waits) * unit)
            spread = sum((Fraction(wait, unit) - mean) ** 2 for wait, _ in waits)
            margin = student(0.95, len(waits) - 1) * sqrt(real(spread) / (len(waits) - 1) / len(waits)) if len(waits) > 1 else None
            row += [mean, *((real(mean) - margin, real(mean) + margin) if margin is not None else (None, None))]
        else:
            row += [None] * 3
        yield [*row, due, met, *((Fraction(met, due), *wilson(met, due)) if due else (None,) * 3)]


def contacts(tickets, end, within):
    for group in [*range(GROUPS), None]:
        first = [0, 0]
        repeat = [0, 0]
        for ticket in tickets:
            if (group is not None and ticket["group"] != group) or ticket["opened"] > end:
                continue
            again = [other["opened"] for other in tickets if other["customer"] == ticket["customer"] and ticket["opened"] < other["opened"] <= end]
            if ticket["opened"] + within <= end:
                repeat[0] += 1
                repeat[1] += any(other <= ticket["opened"] + within for other in again)
            if ticket["resolved"] is not None and ticket["resolved"] + within <= end:
                first[0] += 1
                first[1] += ticket["contacts"] == 1 and not any(other <= ticket["resolved"] + within for other in again)
        yield [end, within, group, *share(first), *share(repeat)]


def share(counts):
    whole, part = counts
    return (whole, part, *((Fraction(part, whole), *wilson(part, whole)) if whole else (None,) * 3))


def shares(parcels, which, end, within):
    for group in [*range(GROUPS), None]:
        counts = [0, 0]
        for parcel in parcels:
            if group is not None and parcel["group"] != group:
                continue
            if which == "late":
                if parcel["promised"] <= end:
                    counts[0] += 1
                    counts[1] += parcel["delivered"] is None or parcel["delivered"] > min(end, parcel["promised"])
            elif parcel["ordered"] + within <= end:
                counts[0] += 1
                counts[1] += parcel["returned"] is not None and parcel["returned"] <= (parcel["ordered"] + within if within else end)
        yield [which, end, within, group, *share(counts)]


def write(name, header, rows):
    shown = lambda x: "" if x is None else nstr(real(x), 20) if isinstance(x, (mpf, Fraction)) else int(x) if isinstance(x, bool) else x
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([shown(x) for x in row] for row in rows)


if __name__ == "__main__":
    tickets, parcels = make()
    write("tickets.csv", list(tickets[0]), [row.values() for row in tickets])
    write("parcels.csv", list(parcels[0]), [row.values() for row in parcels])
    spread = [f"{name}_{q}" for q in ("25", "50", "90") for name in ("quantile", "quantile_low", "quantile_high")]
    write("times.csv", ["which", "end", "target", "unit", "group", "tickets", "ended", *spread, "mean", "mean_low", "mean_high", "due", "in_time",
                        "share", "share_low", "share_high"],
          [row for which, end, target, unit in (("response", 500 * HOUR, 4 * HOUR, HOUR), ("resolution", 500 * HOUR, 24 * HOUR, HOUR),
                                                 ("response", 40 * HOUR, 0, 1), ("resolution", 2 * HOUR, HOUR, 60))
           for row in times(tickets, which, end, target, unit)])
    write("contacts.csv", ["end", "within", "group", "resolved", "first_contact", "first_contact_rate", "first_contact_rate_low", "first_contact_rate_high",
                           "tickets", "repeated", "repeat_rate", "repeat_rate_low", "repeat_rate_high"],
          [row for end, within in ((500 * HOUR, 72 * HOUR), (700 * HOUR, 7 * 24 * HOUR), (10 * HOUR, HOUR)) for row in contacts(tickets, end, within)])
    write("shares.csv", ["which", "end", "within", "group", "whole", "part", "rate", "low", "high"],
          [row for which, end, within in (("late", 300, 0), ("late", 410, 0), ("returns", 300, 30), ("returns", 300, 0), ("late", 2, 0))
           for row in shares(parcels, which, end, within)])
