"""When a customer with seasons has paid back a cost, by brute force: tests/golden/clv/dynamic_payback.csv.

    python tests/golden/generate/generate_dynamic_payback.py tests/golden/clv

Customers of generate_dynamic.py, an order of whom is worth VALUE. What they bring until a day is margin x VALUE x the discounted orders expected
until then, an integral over the moment of death (generate_dynamic_forecasts.py); the day on which that and the historic value reach the cost is
a root, found by halves and then by straight lines. The cost is a share of what the horizon brings: by SHARES, the last of which is more than there is.
"""

import csv
import pathlib
import sys

from generate_dynamic import HISTORIES, MODELS, PIECES, UNIT
from generate_dynamic_forecasts import Future
from mpmath import exp, log, mp, mpf

RATE, MARGIN, VALUE, HISTORIC = mpf("0.1"), mpf("0.4"), mpf("25"), mpf("3")
SHARES = (mpf("0.2"), mpf("0.75"), mpf("1.125"))
HORIZON = 364
DELTA = log(1 + RATE) * UNIT / mpf("365.25")


def brought(m, case, days):
    """By the definition: the rate of buying on each day, of those who are still there, in the money of the observation end."""
    of = Future(m, *case, (0, mpf(days) / UNIT))
    C0 = of.area(of.dying, of.start, of.end)

    def there(day):
        return ((of.m["beta"] + C0) / (of.m["beta"] + of.area(of.dying, of.start, day))) ** of.m["s"]

    orders = of.over(lambda day, piece: exp(-DELTA * (day - of.end) / UNIT) * of.buying(piece) * there(day), of.end, of.stop)
    return MARGIN * VALUE * of.shares() * of.rate() * orders


def reached(m, case, wanted):
    low, high = mpf(0), mpf(HORIZON)
    while high - low > mpf(10) ** -3:
        middle = (low + high) / 2
        low, high = (middle, high) if brought(m, case, middle) < wanted else (low, middle)
    at_low, at_high = brought(m, case, low) - wanted, brought(m, case, high) - wanted
    for _ in range(4):
        if at_low == at_high:
            break
        next_ = high - at_high * (high - low) / (at_high - at_low)
        low, at_low, high, at_high = high, at_high, next_, brought(m, case, next_) - wanted
    return high


def main(folder):
    rows = []
    for i, m in enumerate(MODELS):
        for j, pieces in enumerate(PIECES):
            for k, (start, end, occasions) in enumerate(HISTORIES):
                if (2 * i + j + k) % 4 != 0:
                    continue
                case, share = (pieces, start, end, occasions), SHARES[len(rows) % 3]
                everything = brought(m, case, HORIZON)
                cost = mpf(mp.nstr(HISTORIC + share * everything, 17))
                row = dict(m, start=start, end=end, value=VALUE, historic=HISTORIC, cost=cost, margin=MARGIN, annual_rate=RATE, horizon=HORIZON)
                for letter in "cvow":
                    row.update({f"{letter}{n}": x for n, x in enumerate(pieces[letter])})
                row.update({f"t{n}": occasions[n] if n < len(occasions) else "" for n in range(4)})
                row["total"] = HISTORIC + everything
                row["days"] = reached(m, case, cost - HISTORIC) if share < 1 else ""
                rows.append({key: mp.nstr(v, 18) if isinstance(v, mpf) else v for key, v in row.items()})
    with open(pathlib.Path(folder) / "dynamic_payback.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
