"""Writes the golden vectors of the calendar: tests/golden/calendar/*.csv.

    python tests/golden/generate/generate_calendar.py

Needs Python 3.9 or later with zoneinfo data, the packages convertdate (which brings pymeeus) and jdatetime, and PHP
with intl (ICU).

dates.csv        every 37th day from 1800 to 2200: Gregorian date and weekday by datetime, Jalali date by jdatetime
nowruz.csv       day number of 1 Farvardin of the Jalali years 1178 to 1580, by four reckonings:
    equinox      J. Meeus's equinox (pymeeus); new year on the day of the equinox when it comes before noon of Iran's
                 standard meridian (52.5 degrees east, mean time), else on the next day: the rule of the law
    jdatetime    the 33-year cycle
    icu          the "persian" calendar of ICU
    convertdate  the "persian" calendar of convertdate: the equinox against the true noon of the day. It differs from
                 the others in 1243, 1255, 1259, 1267, 1271 and 1276, where its equation of time has slipped by 360
                 minutes, and in 1503, whose equinox lies between true and mean noon
zones.csv        the changes of six zones from zoneinfo; the first row of a zone is its initial offset, with a blank
                 instant
zone_days.csv    day number of moments on both sides of each change
zone_firsts.csv  first moment of the days around each change; `exists` is 0 for a day that was left out, and `first`
                 then belongs to the next one
"""

import csv
import datetime
import json
import math
import pathlib
import subprocess
import zoneinfo

import jdatetime
from convertdate import persian
from pymeeus.Epoch import Epoch
from pymeeus.Sun import Sun

HERE = pathlib.Path(__file__).resolve().parent.parent / "calendar"
EPOCH = datetime.date(1970, 1, 1).toordinal()
UTC = datetime.timezone.utc
DAY = 86400
ZONES = ["Europe/London", "Asia/Tehran", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "Asia/Riyadh"]
FIRST_MOMENT = int(datetime.datetime(1800, 1, 1, tzinfo=UTC).timestamp())
LAST_MOMENT = int(datetime.datetime(2040, 1, 1, tzinfo=UTC).timestamp())


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="ascii") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def write_dates():
    rows = []
    for ordinal in range(datetime.date(1800, 1, 1).toordinal(), datetime.date(2200, 12, 31).toordinal() + 1, 37):
        g = datetime.date.fromordinal(ordinal)
        j = jdatetime.date.fromgregorian(date=g)
        rows.append([ordinal - EPOCH, g.year, g.month, g.day, g.isoweekday(), j.year, j.month, j.day])
    write("dates.csv", ["number", "year", "month", "day", "weekday", "jalali_year", "jalali_month", "jalali_day"], rows)


def nowruz_by_equinox(year):
    """Days change at noon: the first noon after the equinox is that of the new year's day."""
    terrestrial = Sun.get_equinox_solstice(year + 621, target="spring").jde()
    mean_time = terrestrial - Epoch.tt2ut(year + 621, 3) / DAY + 52.5 / 360
    return math.ceil(mean_time) - 2440588  # the Julian day number at noon of 1970-01-01


def nowruz_by_icu(first, last):
    program = """
        $c = IntlCalendar::createInstance("UTC", "en_US@calendar=persian");
        $days = [];
        for ($y = %d; $y <= %d; $y++) {
            $c->clear();
            $c->set(IntlCalendar::FIELD_EXTENDED_YEAR, $y);
            $c->set(IntlCalendar::FIELD_MONTH, 0);
            $c->set(IntlCalendar::FIELD_DAY_OF_MONTH, 1);
            $days[] = (int) floor($c->getTime() / 86400000);
        }
        echo json_encode($days);
    """ % (first, last)
    return json.loads(subprocess.check_output(["php", "-r", program]))


def write_nowruz():
    years = range(1178, 1581)
    icu = nowruz_by_icu(years[0], years[-1])
    rows = []
    for year in years:
        by_jdatetime = jdatetime.date(year, 1, 1).togregorian().toordinal() - EPOCH
        by_convertdate = math.floor(persian.to_jd(year, 1, 1) + 0.5) - 2440588
        rows.append([year, nowruz_by_equinox(year), by_jdatetime, icu[year - years[0]], by_convertdate])
    write("nowruz.csv", ["jalali_year", "equinox", "jdatetime", "icu", "convertdate"], rows)


def local(zone, moment):
    return datetime.datetime.fromtimestamp(moment, UTC).astimezone(zone)


def offset(zone, moment):
    delta = local(zone, moment).utcoffset()
    return delta.days * DAY + delta.seconds


def day_number(zone, moment):
    return local(zone, moment).date().toordinal() - EPOCH


def changes(zone):
    """Moments at which the offset changes, to the second. No zone of ours had two changes within half a day."""
    found = []
    step = DAY // 2
    for begin in range(FIRST_MOMENT, LAST_MOMENT, step):
        if offset(zone, begin) != offset(zone, begin + step):
            low, high = begin, begin + step
            while high - low > 1:
                middle = (low + high) // 2
                if offset(zone, middle) == offset(zone, begin):
                    low = middle
                else:
                    high = middle
            found.append(high)
    return found


def first_moment(zone, moments, day):
    """The least moment on that day: local midnight by some offset in use nearby, or a change. None when there is none."""
    near = [m for m in moments if abs(m - day * DAY) < 4 * DAY]
    offsets = {offset(zone, m + d) for m in near + [day * DAY] for d in (-1, 0)}
    candidates = near + [day * DAY - o for o in offsets]
    return min((m for m in candidates if day_number(zone, m) == day), default=None)


def write_zones():
    zones, days, firsts = [], [], []
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        moments = changes(zone)
        zones.append([name, "", offset(zone, FIRST_MOMENT)])
        zones += [[name, m, offset(zone, m)] for m in moments]
        sampled, asked = set(), set()
        for m in moments:
            sampled |= {m - DAY, m - 3600, m - 1, m, m + 3599, m + DAY}
            today = day_number(zone, m)
            asked |= set(range(today - 1, today + 3))
        for m in sorted(sampled):
            days.append([name, m, day_number(zone, m)])
        for day in sorted(asked):
            first, that = None, day
            while (first := first_moment(zone, moments, that)) is None:
                that += 1
            firsts.append([name, day, first, int(that == day)])
    write("zones.csv", ["zone", "instant", "offset"], zones)
    write("zone_days.csv", ["zone", "moment", "day"], days)
    write("zone_firsts.csv", ["zone", "day", "first", "exists"], firsts)


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    write_dates()
    write_nowruz()
    write_zones()
