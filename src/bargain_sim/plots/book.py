"""All the figures that make sense for one sweep, drawn and saved: the folder `figures/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import pandas as pd
from numpy.typing import ArrayLike

from bargain_sim.analysis.effects import ending_to_watch, main_effects
from bargain_sim.analysis.solutions import Solutions
from bargain_sim.errors import InputError
from bargain_sim.plots import (
    SWEEP_KINDS,
    bargain_map,
    dance,
    deal_time,
    outcome_map,
    outcome_shares,
    survival,
    tipping,
    trust_fan,
    utilities,
    utility_plane,
)
from bargain_sim.plots import solutions as bargaining
from bargain_sim.plots.dark import darken
from bargain_sim.plots.grid import need
from bargain_sim.plots.saving import save
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import THEMES
from bargain_sim.plots.words import factor_name
from bargain_sim.store.atomic import write_text
from bargain_sim.store.captions import CAPTIONS, figure_files, read_captions
from bargain_sim.store.results import Results
from bargain_sim.transcript import Transcript

__all__ = ["INCOMPLETE", "draw_all", "ordered", "plan", "planned", "worded", "write_figures"]

INCOMPLETE: Final = "Drawn from an incomplete sweep"
"""How the last sentence of a caption begins where the sweep was not complete."""

Kind = Literal["numeric", "categorical"]
Draw = Callable[[str], Sheet]
"""From a size (`print`, `projector`) to a figure."""


def plan(factors: Mapping[str, Kind], frame: pd.DataFrame) -> dict[str, str | None]:
    """Which factors play which part: `x`, `y` and `panel`, None where there is none.

    Factors with one value only play none.  Numbers go on the axes, in the order of `factors` (those of two
    values last); the first named factor, or else the next number, gives
    the small multiples.
    """
    need(frame, *factors)
    values = {name: len(frame[name].drop_duplicates()) for name in factors}
    varied = [name for name in factors if values[name] > 1]
    numbers = [name for name in varied if factors[name] == "numeric"]
    named = [name for name in varied if factors[name] != "numeric"]
    # A switch (two values) makes a better panel than an axis.
    numbers.sort(key=lambda name: values[name] <= 2)
    axes = (numbers + named)[:2] if len(numbers) < 2 else numbers[:2]
    rest = [name for name in [*named, *numbers] if name not in axes]
    return {
        "x": axes[0] if axes else None,
        "y": axes[1] if len(axes) > 1 else None,
        "panel": rest[0] if rest else None,
    }


def ordered(results: Results) -> dict[str, Kind]:
    """The factors of a sweep as `plan` takes them: of a sample the strongest first, else in its own order.

    How strong a factor is, is told by `main_effects` once the sweep is complete.  Yes and no are two names.
    """
    manifest = results.manifest
    kinds: dict[str, Kind] = {
        each["name"]: "numeric" if each["kind"] == "number" else "categorical" for each in manifest.factors
    }
    if manifest.sweep["design"] in ("grid", "table") or not manifest.complete:
        return kinds
    points = results.points
    strongest = list(main_effects(points, kinds, ending_to_watch(points))["factor"])
    return {name: kinds[name] for name in [*strongest, *(name for name in kinds if name not in strongest)]}


def worded(results: Results, frame: pd.DataFrame) -> pd.DataFrame:
    """Runs of `results` with the values of yes/no factors as words."""
    answers = {each["name"] for each in results.manifest.factors if each["kind"] == "yes_no"}
    return frame.assign(**{name: frame[name].map({0: "no", 1: "yes"}).astype("category") for name in answers})


def draw_all(
    frame: pd.DataFrame,
    factors: Mapping[str, Kind],
    out: str | Path,
    *,
    sides: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    formats: Sequence[str] = ("png",),
    sizes: Sequence[str] = ("print",),
    themes: Sequence[str] = ("light",),
    kinds: Sequence[str] | None = None,
    origin: Origin | None = None,
    turn_days: float | None = None,
    horizon: int | None = None,
    frontier: ArrayLike | None = None,
    outside: tuple[float, float] | None = None,
    trust: ArrayLike | None = None,
    trust_origin: Origin | None = None,
    even: pd.DataFrame | None = None,
    limit: int | pd.Series | None = None,
    solved: Solutions | None = None,
    swept: bool = False,
    dances: Sequence[Transcript] = (),
) -> list[Path]:
    """Draw the figures of a sweep into the folder `out` and return the files written.

    `frame` holds one row a run in the layout of stored results; `factors` maps its factor columns to
    `numeric` or `categorical`, the ones to be put on the axes first (`ordered`); `sides` maps the two ids to
    their names; `labels` names factors and their levels.  `kinds` picks some figures (names of
    `plots.KINDS`; None: all that make
    sense), `sizes` print and projector sheets (the latter named `…_projector`), `themes` light and dark
    paper (the latter named `…_dark`).  `frontier`, `outside` and `trust` as in `utility_plane` and
    `trust_fan`; `trust_origin` says which runs `trust` is of; `limit` as in `survival` (None: the longest
    run), `solved` and `swept` as in `solutions`, `dances` as in `dance`, the run to be told first.  Where
    points differ in how many runs they have, `even` holds those that all have: what is drawn over several
    points is drawn from these.

    With one factor: shares of endings.  With two: shares over each, both maps.  With three or more: the
    same, in small multiples over one of them; further factors are averaged over, and the footer names them.
    Along each number on an axis: where a bargain tips.  Always: time to a deal, the wait for one, the
    utility plane and the spread of utilities.  A file `captions.md` holds the captions, also those of
    figures drawn there before.  Raises InputError for an unknown kind, format or missing column.
    """
    known = (*SWEEP_KINDS, "trust_fan", "dance")
    for kind in kinds or ():
        if kind not in known:
            raise InputError(
                f"there is no figure `{kind}` of a sweep", remedy=f"Known are {', '.join(known)}"
            )
    names = {**sides, **(labels or {})}
    source = origin or Origin(runs=len(frame))
    parts = plan(factors, frame)

    def made(*drawn: str | None, of: pd.DataFrame | None = even) -> Origin:
        """The origin, naming the factors that vary but are none of `drawn`; `of` are the runs drawn."""
        others = [name for name in factors if name not in drawn and frame[name].nunique() > 1]
        runs = source.runs if of is None else len(of)
        return replace(source, averaged=tuple(factor_name(name, names) for name in others), runs=runs)

    pooled = frame if even is None else even
    figures = _figures(frame, pooled, parts, factors, names, made)
    first, second = tuple(sides)

    def deals(by: str | None) -> Draw:
        return lambda size: deal_time.draw(
            pooled, by=by, turn_days=turn_days, horizon=horizon, labels=names, origin=made(by), size=size
        )

    figures["deal_time"] = deals(None)
    panel = parts["panel"] or parts["x"]
    if panel is not None:
        figures[f"deal_time_by_{_file(panel)}"] = deals(panel)
    longest = int(max(pooled["turns"].max(), horizon or 0))

    def waits(by: str | None) -> Draw:
        return lambda size: survival.draw(
            pooled, limit=longest if limit is None else limit, by=by, turn_days=turn_days, labels=names,
            origin=made(by), size=size,
        )  # fmt: skip

    figures["survival" if panel is None else f"survival_by_{_file(panel)}"] = waits(panel)
    figures["utility_plane"] = lambda size: utility_plane.draw(
        pooled,
        (first, second),
        frontier=frontier,
        outside=outside,
        labels=names,
        origin=made(),
        size=size,
    )
    figures["utilities"] = lambda size: utilities.draw(
        pooled, (first, second), labels=names, origin=made(), size=size
    )
    if solved is not None:
        figures["solutions"] = lambda size: bargaining.draw(
            solved, pooled, swept=swept, origin=made(), size=size
        )  # fmt: skip
    if trust is not None:
        figures["trust_fan"] = lambda size: trust_fan.draw(
            trust, (first, second), labels=names, origin=trust_origin or made(*factors), size=size
        )
    if dances:
        figures["dance"] = lambda size: dance.draw(
            dances[0], dances[1:], frontier=None if solved is None else solved.packages.points, size=size
        )
    drawn = planned(parts, factors, trust=trust is not None, solved=solved is not None, dances=bool(dances))
    assert list(figures) == drawn
    return write_figures(figures, Path(out), formats, sizes, kinds, source, themes)


def planned(
    parts: Mapping[str, str | None], factors: Mapping[str, Kind], *, trust: bool = True, solved: bool = True,
    dances: bool = True,
) -> list[str]:  # fmt: skip
    """Names of all figures that `draw_all` makes of a sweep, in their order; `parts` as from `plan`."""
    x, y, panel = parts["x"], parts["y"], parts["panel"]
    over = [name for name in (x, y) if name is not None] or list(factors)[:1]
    names = [f"outcome_shares_{_file(name)}" for name in over]
    names += [f"outcome_shares_{_file(panel)}"] if panel is not None else []
    names += ["outcome_map", "bargain_map"] if x is not None and y is not None else []
    names += [f"tipping_{_file(name)}" for name in (x, y) if name is not None and factors[name] == "numeric"]
    by = panel or x
    names += ["deal_time", *([f"deal_time_by_{_file(by)}"] if by is not None else [])]
    names += ["survival" if by is None else f"survival_by_{_file(by)}"]
    names += ["utility_plane", "utilities", *(["solutions"] if solved else [])]
    return [*names, *(["trust_fan"] if trust else []), *(["dance"] if dances else [])]


def _figures(
    frame: pd.DataFrame, pooled: pd.DataFrame, parts: Mapping[str, str | None], factors: Mapping[str, Kind],
    names: Mapping[str, str], made: Callable[..., Origin],
) -> dict[str, Draw]:  # fmt: skip
    """The figures over factors: file name → how to draw it at a size."""
    x, y, panel = parts["x"], parts["y"], parts["panel"]
    found: dict[str, Draw] = {}

    def shares(over: str, by: str | None) -> Draw:
        return lambda size: outcome_shares.draw(
            pooled, over, panel=by, labels=names, origin=made(over, by), size=size
        )

    # Where nothing varies, the first factor gives a single bar.
    for name in [name for name in (x, y) if name is not None] or list(factors)[:1]:
        found[f"outcome_shares_{_file(name)}"] = shares(name, panel)
    if panel is not None:
        found[f"outcome_shares_{_file(panel)}"] = shares(panel, None)
    if x is not None and y is not None:
        found["outcome_map"] = lambda size: outcome_map.draw(
            frame, x, y, panel=panel, labels=names, origin=made(x, y, panel, of=None), size=size
        )
        found["bargain_map"] = lambda size: bargain_map.draw(
            frame, x, y, panel=panel, labels=names, origin=made(x, y, panel, of=None), size=size
        )

    def tips(name: str) -> Draw:
        return lambda size: tipping.draw(pooled, name, labels=names, origin=made(name), size=size)

    for axis in (x, y):
        if axis is not None and factors[axis] == "numeric":
            found[f"tipping_{_file(axis)}"] = tips(axis)
    return found


def write_figures(
    figures: Mapping[str, Draw], out: Path, formats: Sequence[str], sizes: Sequence[str],
    kinds: Sequence[str] | None, source: Origin, themes: Sequence[str] = ("light",),
) -> list[Path]:  # fmt: skip
    """Draw figures (file name → how to) into `out`, with their captions; returns the files written.

    `kinds` picks some by the beginning of their names; a sweep that is not complete is said to be so.
    Raises InputError for an unknown theme.
    """
    for theme in themes:
        if theme not in THEMES:
            raise InputError(f"there is no theme `{theme}`", remedy=f"Known are {', '.join(THEMES)}")
    written: list[Path] = []
    captions: dict[str, str] = {}
    for name, draw in figures.items():
        if kinds is not None and not any(name == kind or name.startswith(f"{kind}_") for kind in kinds):
            continue
        for size in sizes:
            sheet = draw(size)
            if source.incomplete:
                sheet.caption += f" {INCOMPLETE} ({source.incomplete.partition(': ')[2]})."
            stem = name if size == "print" else f"{name}_{size}"
            if "light" in themes:
                written += save(sheet, out / stem, formats)
            if "dark" in themes:
                darken(sheet)
                written += save(sheet, out / f"{stem}_dark", formats)
            captions.setdefault(name, sheet.caption)
    if captions:
        # Figures that were drawn before and lie here still keep their captions.
        before = {name: words for name, words in read_captions(out).items() if figure_files(out, name)}
        merged = before | captions
        order = [*(name for name in figures if name in merged), *(n for n in merged if n not in figures)]
        lines = [f"- `{name}`: {merged[name]}\n" for name in order]
        page = out / CAPTIONS
        write_text(page, "# Scenario exploration, not prediction\n\n" + "".join(lines))
        written.append(page)
    return written


def _file(factor: str) -> str:
    """A factor's name as part of a file name."""
    return "".join(c if c.isalnum() else "_" for c in factor).strip("_")
