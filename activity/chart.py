"""The bar chart of a period: entries per day, week, month or year, every bar a link that narrows the dates."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from activity.clock import day_words

WIDTH, HEIGHT = 1000, 64
# More bars than this are a coarser unit; fewer than that don't get wider.
_MOST, _FEWEST = 100, 20
_DAY = timedelta(days=1)

Link = Callable[[date, date], str]


@dataclass(frozen=True)
class Bar:
    """One bar: its place in the drawing, what it says, and where it leads; nowhere when nothing happened."""

    x: str
    y: str
    width: str
    height: str
    period: str
    count: str
    url: str


@dataclass(frozen=True)
class Chart:
    caption: str
    first: str
    last: str
    bars: list[Bar]


@dataclass(frozen=True)
class _Unit:
    days: int
    start: Callable[[date], date]
    caption: Callable[[], str]

    def after(self, start: date) -> date:
        """The start of the next period."""
        return self.start(start + timedelta(days=self.days))

    def words(self, start: date) -> str:
        first = day_words(start)
        if self.days == 1:
            return first
        last = day_words(start + (self.days - 1) * _DAY)
        return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _weeks(day: date, count: int) -> date:
    """The first day of the `count` weeks that `day` is in, counted from the first Monday there is."""
    return day - timedelta(days=(day.toordinal() - 1) % (7 * count))


# Longer units are whole weeks, because that is what long periods are counted by.
_UNITS = (
    _Unit(1, lambda day: day, lambda: _("Entries per day (UTC), at most %(most)s")),
    _Unit(7, lambda day: _weeks(day, 1), lambda: _("Entries per week (UTC), at most %(most)s")),
    _Unit(28, lambda day: _weeks(day, 4), lambda: _("Entries per 4 weeks (UTC), at most %(most)s")),
    _Unit(91, lambda day: _weeks(day, 13), lambda: _("Entries per 13 weeks (UTC), at most %(most)s")),
    _Unit(364, lambda day: _weeks(day, 52), lambda: _("Entries per 52 weeks (UTC), at most %(most)s")),
)


def chart(days: Mapping[date, int], link: Link) -> Chart | None:
    """The chart of `days` in the finest unit that fits; None when a single bar would be all."""
    # The ends of the calendar have no day before or after them.
    inside = {day: count for day, count in days.items() if date.min.year < day.year < date.max.year}
    if len(inside) < 2:
        return None
    unit, starts = _periods(min(inside), max(inside))
    sums: Counter[date] = Counter()
    for day, count in inside.items():
        sums[unit.start(day)] += count
    most = max(sums[start] for start in starts) or 1
    step = WIDTH / max(len(starts), _FEWEST)
    bars = [
        Bar(
            x=f"{place * step + step * 0.1:.1f}",
            width=f"{step * 0.8:.1f}",
            period=unit.words(start),
            count=number_format(sums[start], force_grouping=True),
            url=link(start, unit.after(start) - _DAY) if sums[start] else "",
            **_height(sums[start] / most),
        )
        for place, start in enumerate(starts)
    ]
    caption = unit.caption() % {"most": number_format(most, force_grouping=True)}
    return Chart(caption, bars[0].period, bars[-1].period, bars)


def _periods(first: date, last: date) -> tuple[_Unit, list[date]]:
    """The finest unit that gives few enough periods, and their starts."""
    unit = next((unit for unit in _UNITS if (last - first).days // unit.days < _MOST - 1), _UNITS[-1])
    starts = [unit.start(first)]
    while (following := unit.after(starts[-1])) <= last:
        starts.append(following)
    return unit, starts[-_MOST:]


def _height(share: float) -> dict[str, str]:
    """From the ground up; the least share can still be seen."""
    height = max(HEIGHT * share, 2) if share else 0
    return {"y": f"{HEIGHT - height:.1f}", "height": f"{height:.1f}"}
