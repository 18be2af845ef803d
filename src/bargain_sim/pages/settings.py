"""The factors of a sweep as settings of a page: what each is called, and which values it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.pages.kept import Kept
from bargain_sim.plots.words import factor_name, joined
from bargain_sim.scenario.overrides import targets
from bargain_sim.store.results import Results

__all__ = ["MOST_SETTINGS", "Setting", "choose", "exact", "settings_of", "windows"]

MOST_SETTINGS: Final = 6
_MOST_LEVELS: Final = 25
"""A number with more values than these has a slider that glides."""
_BINS: Final = 8
_NARROWING: Final = 0.4
_WEAKEST: Final = 0.02
"""Windows go by the part that a factor explains, to the power of −0.4, down to a fiftieth of the strongest.
Of the powers tried on the shipped six factors at 200 random settings, with 2,000 fresh runs at each for the
truth, this one has shares nearly as near as any, with runs enough behind them."""


@dataclass(frozen=True)
class Setting:
    """One factor as a page shows it.

    `kind` is `number` (any value from `low` to `high`), `levels` (one of the numbers in `levels`) or
    `choice` (one of the words in `words`).  `start` is the scenario's own value, or the middle: a
    number, or a place in `levels` or `words`.
    """

    name: str
    label: str
    called: str
    unit: str
    hint: str
    path: str
    kind: str = "number"
    start: float = 0.0
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    log: bool = False
    levels: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    """The words as the sweep writes them (yes and no: as numbers)."""
    window: float = 1.0
    """How wide the window over its values is beside those of other settings (see `windows`)."""

    def places(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Where values lie from 0 (`low`) to 1 (`high`); of levels and words, their numbers from 0."""
        if self.kind == "choice":
            order = {word: k for k, word in enumerate(self.raw)}
            return np.array([order[str(value)] for value in values], dtype=np.float64)
        if self.kind == "levels":
            return np.searchsorted(np.array(self.levels), values.astype(np.float64)).astype(np.float64)
        low, high, at = self.low, self.high, values.astype(np.float64)
        if self.log:
            return np.log(at / low) / math.log(high / low)
        return (at - low) / (high - low)


def choose(results: Results, kept: Kept, wanted: Sequence[str] | None = None) -> list[str]:
    """Columns of the factors that become settings, six at most.

    Those named in `wanted`; else those that vary, and where there are more than six, the six that by
    themselves explain most of which ending comes (see `explained`), in the order of the sweep.  Raises
    InputError where nothing varies, or `wanted` names too many, or what is not there.
    """
    varied = [name for name in results.factors if len(set(kept.values[name].tolist())) > 1]
    if not varied:
        raise InputError(
            "no factor of this sweep takes two values, so there is nothing to explore",
            place=results.folder,
            remedy="Explore a sweep with a factor that varies; `bargain plot` draws figures of any",
        )
    if wanted is None:
        if len(varied) <= MOST_SETTINGS:
            return varied
        strength = {name: explained(kept, name) for name in varied}
        best = sorted(varied, key=lambda name: -strength[name])[:MOST_SETTINGS]
        return [name for name in varied if name in best]
    if not wanted:
        raise InputError("`--factors` names no factor", remedy=f"Those that vary are {', '.join(varied)}")
    if len(wanted) > MOST_SETTINGS:
        raise InputError(
            f"a page has room for {MOST_SETTINGS} settings, not {len(wanted)}", remedy="Name fewer"
        )
    for name in wanted:
        if name not in varied:
            problem = "takes one value only" if name in results.factors else "is no factor of this sweep"
            raise InputError(f"`{name}` {problem}", remedy=f"Those that vary are {', '.join(varied)}")
    return list(dict.fromkeys(wanted))


def explained(kept: Kept, name: str) -> float:
    """How much of which ending comes a factor explains by itself, from 0 to 1.

    The correlation ratio: variance, between eight equal groups of points by this factor (or its
    levels), of the shares of all endings, over the variance in all.
    """
    values = kept.values[name]
    kinds, group = np.unique(values.astype(str) if values.dtype == object else values, return_inverse=True)
    if len(kinds) > _BINS:
        group = np.argsort(np.argsort(values, kind="stable"), kind="stable") * _BINS // len(values)
    between = total = 0.0
    sizes = np.bincount(group)
    for k in range(len(OUTCOMES)):
        share = (kept.outcome == k).mean(axis=0)
        mean = float(share.mean())
        of_group = np.bincount(group, weights=share) / sizes
        between += float((sizes * (of_group - mean) ** 2).sum()) / len(share)
        total += mean * (1.0 - mean)
    return between / total if total > 0.0 else 0.0


def windows(kept: Kept, names: Sequence[str]) -> dict[str, float]:
    """How wide a window over the values of each factor should be, beside those of the others.

    Where a factor decides much, runs a little away from a setting end otherwise than runs at it; where it
    decides nothing, they end alike however far away.  So windows are the narrower the more a factor
    explains by itself.  What groups of points differ by chance alone counts as nothing explained.
    """
    found = {name: explained(kept, name) for name in names}
    least = max(_WEAKEST * max(found.values()), _BINS / kept.points)
    return {name: max(strength, least) ** -_NARROWING for name, strength in found.items()}


def settings_of(results: Results, kept: Kept, names: Sequence[str]) -> list[Setting]:
    """A setting for each of these factor columns, in this order."""
    factors = {factor["name"]: factor for factor in results.manifest.factors}
    widths = windows(kept, names)
    return [
        replace(_setting(results, factors[name], kept.values[name]), window=widths[name]) for name in names
    ]


def exact(results: Results, settings: Sequence[Setting], kept: Kept) -> bool:
    """Whether runs at some settings are all that there could be, so that shares need no smoothing.

    Every combination of the settings' levels must have been run; and what has no setting must not vary, or
    vary as in a grid: there its values are all there are, elsewhere they are a sample of many.
    """
    if any(setting.kind == "number" for setting in settings):
        return False
    others = set(results.factors) - {setting.name for setting in settings}
    left_open = any(len(set(kept.values[name].tolist())) > 1 for name in others)
    if left_open and results.manifest.sweep.get("design") != "grid":
        return False
    cells = math.prod(len(setting.levels or setting.words) for setting in settings)
    there = np.stack([setting.places(kept.values[setting.name]) for setting in settings], axis=1)
    return cells == len(np.unique(there, axis=0))


def _setting(results: Results, factor: Mapping[str, Any], values: npt.NDArray[Any]) -> Setting:
    path, label = factor["path"], factor["label"]
    unit, hint = _described(results, path)
    setting = Setting(
        name=factor["name"],
        label=label[:1].upper() + label[1:],
        called=factor_name(factor["name"], {**results.sides, factor["name"]: label}),
        unit=unit,
        hint=hint,
        path=path,
    )
    own = _own_value(results, path)
    if not factor["numeric"] or factor["kind"] == "yes_no":
        return _choice(setting, factor["kind"], values, own)
    distinct = np.unique(values.astype(np.float64))
    low, high = float(distinct[0]), float(distinct[-1])
    inside = own if isinstance(own, float) and low <= own <= high else None
    if len(distinct) <= _MOST_LEVELS:
        wanted = inside if inside is not None else float(distinct[len(distinct) // 2])
        nearest = int(np.argmin(np.abs(distinct - wanted)))
        return replace(setting, kind="levels", start=nearest, levels=tuple(map(float, distinct)))
    given = results.manifest.sweep.get("factors", {}).get(path, {})
    if given.get("range"):  # a sample ends just short of it
        low, high = min(low, float(given["range"][0])), max(high, float(given["range"][1]))
    log = given.get("distribution") == "log_uniform" and low > 0.0
    step = _step(high - low)
    start = inside if inside is not None else math.sqrt(low * high) if log else (low + high) / 2.0
    start = start if log else min(max(round(start / step) * step, low), high)
    return replace(setting, kind="number", start=start, low=low, high=high, step=step, log=log)


def _choice(setting: Setting, kind: str, values: npt.NDArray[Any], own: Any) -> Setting:
    raw: tuple[str, ...] = ("0.0", "1.0") if kind == "yes_no" else tuple(sorted(set(map(str, values))))
    words = ("no", "yes") if kind == "yes_no" else tuple(word.replace("_", " ") for word in raw)
    place = int(bool(own)) if kind == "yes_no" else raw.index(own) if own in raw else 0
    return replace(setting, kind="choice", start=place, words=words, raw=raw)


def _own_value(results: Results, path: str) -> Any:
    """What the scenario itself says, where that is one value: a float, a word, yes or no; else None."""
    found = []
    for way in targets(path, results.manifest.scenario) if path != "extends" else ():
        at: Any = results.manifest.scenario
        for key in way:
            at = at.get(key) if isinstance(at, dict) else None
        found.append(at.get("value") if isinstance(at, dict) else at)
    if not found or any(value != found[0] for value in found):
        return None
    value = found[0]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _described(results: Results, path: str) -> tuple[str, str]:
    """Unit and description of what a factor sets, from the scenario's schema; empty where it has none."""
    if path == "extends":
        return "", "which scenario is played"
    at: Any = results.scenario
    *way, last = targets(path, results.manifest.scenario)[0]
    for key in way:
        at = at.get(str(key)) if isinstance(at, dict) else getattr(at, str(key), None)
    field = getattr(type(at), "model_fields", {}).get(str(last))
    if field is None:
        return "", ""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return str(extra.get("unit") or ""), str(field.description or "")


def _step(span: float) -> float:
    """A round number, about a hundredth of `span`."""
    power = 10.0 ** math.floor(math.log10(span / 100.0))
    return next(power * m for m in (1.0, 2.0, 5.0, 10.0) if power * m >= span / 100.0 * 0.999)


def words_of(names: Sequence[str], results: Results) -> str:
    """`trust and reciprocity`: factor columns as people read them, in running text."""
    return joined([factor_name(name, dict(results.factor_labels)) for name in names])
