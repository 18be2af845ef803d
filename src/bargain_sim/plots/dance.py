"""The dance of concessions: both sides' utilities and trust, turn by turn, of one run among others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.plots.place import Room, around
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, SIDE_STYLE
from bargain_sim.plots.words import plural
from bargain_sim.transcript import Transcript

__all__ = ["caption", "draw"]

_NUMBERED = 6  # so many turns along the way are numbered


def caption(transcript: Transcript, others: Sequence[Transcript] = ()) -> str:
    """One sentence: where the run led in how many turns, how often both gained, and the longest silence."""
    path = _path(transcript)
    first, second = (side.label for side in transcript.scenario.sides.values())
    steps = np.diff(path, axis=0)
    both = int((steps > 1e-9).all(axis=1).sum())
    still = [not moved.any() for moved in np.abs(steps) > 1e-9]
    silence = max((sum(1 for _ in turns) for nothing, turns in groupby(still) if nothing), default=0)
    trust = transcript.moves[-1].trust
    mutual = [f"{trust[side]:.2f}" for side in transcript.scenario.side_ids]
    beside = f" Beside it, {plural(len(others), 'other run')} of the same scenario." if others else ""
    return (
        f"Run {transcript.run} (seed {transcript.seed}) ends after {plural(transcript.turns, 'turn')} as "
        f"“{OUTCOME_LABEL[transcript.outcome].lower()}” with {path[-1, 0]:.1f} points for {first} and "
        f"{path[-1, 1]:.1f} for {second}; both gained in {plural(both, 'turn')}, for at most "
        f"{plural(silence, 'turn')} on end nothing changed, and trust ends at {mutual[0]} ({first}) and "
        f"{mutual[1]} ({second}).{beside}"
    )


def draw(
    transcript: Transcript,
    others: Sequence[Transcript] = (),
    *,
    frontier: ArrayLike | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """One run's way through the plane of utilities, and beside it utilities and trust by turn.

    `others` are drawn thin behind it.  `frontier` (packages, 2), column k for the k-th side, are the
    undominated packages, as from `analysis.packages`.
    """
    scenario = transcript.scenario
    labels = [side.label for side in scenario.sides.values()]
    beside = f"; thin: {plural(len(others), 'other run')}" if others else ""
    sheet = Sheet(
        "The dance of concessions",
        f"Points received minus costs paid, turn by turn, of run {transcript.run}{beside}",
        origin=origin or Origin(scenario.name, transcript.seed, 1 + len(others)), size=size,
    )  # fmt: skip
    curve = None if frontier is None else _rising(np.asarray(frontier, dtype=np.float64).reshape(-1, 2))
    with sheet.house():
        spec = sheet.add_gridspec(2, 2, width_ratios=[1.15, 1.0])
        plane = sheet.add_subplot(spec[:, 0])
        points = sheet.add_subplot(spec[0, 1])
        trust = sheet.add_subplot(spec[1, 1], sharex=points)
        _plane(sheet, plane, transcript, others, curve)
        plane.set_xlabel(f"{labels[0]} (points)")
        plane.set_ylabel(f"{labels[1]} (points)")
        _by_turn(sheet, points, transcript, others, "utility")
        _by_turn(sheet, trust, transcript, others, "trust")
        points.set_ylabel("utility (points)")
        points.tick_params(labelbottom=False)
        trust.set_ylabel("trust (probability)")
        trust.set_ylim(0, 1)
        trust.set_xlabel("turns played")
        _legend(sheet, transcript, labels, curve is not None, bool(others))
        sheet.align_ylabels([points, trust])
        sheet.settle()
        _number(sheet, plane, transcript, curve)
    sheet.caption = caption(transcript, others)
    return sheet


def _rising(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points[np.argsort(points[:, 0])]


def _path(transcript: Transcript) -> NDArray[np.float64]:
    """Both utilities at the start and after each turn: shape (turns + 1, 2)."""
    sides = transcript.scenario.side_ids
    return np.array([(0.0, 0.0), *([turn.utility[side] for side in sides] for turn in transcript.moves)])


def _plane(
    sheet: Sheet, axes: Axes, transcript: Transcript, others: Sequence[Transcript],
    curve: NDArray[np.float64] | None,
) -> None:  # fmt: skip
    line, mark = sheet.look.line, sheet.look.marker
    axes.axhline(0, color=QUIET, lw=line * 0.4, zorder=0)
    axes.axvline(0, color=QUIET, lw=line * 0.4, zorder=0)
    if curve is not None:
        axes.step(*curve.T, where="pre", color=INK, lw=line * 0.8, zorder=1)  # packages are not mixed
    for other in others:
        axes.plot(*_path(other).T, color="#b5b5b5", lw=line * 0.4, zorder=1)
    path = _path(transcript)
    axes.plot(*path.T, color="#D55E00", lw=line * 1.2, zorder=3)
    for k, side in enumerate(transcript.scenario.side_ids):
        look = SIDE_STYLE[k]
        moved = [n + 1 for n, turn in enumerate(transcript.moves)
                 if any(said.side == side for said in turn.announcements)]  # fmt: skip
        axes.plot(
            *path[moved].T, ls="", marker=look.marker, ms=mark * 0.6, mfc=look.colour, mec="white",
            mew=line * 0.2, zorder=4,
        )  # fmt: skip
    end = OUTCOME_STYLE[transcript.outcome]
    axes.plot(
        *path[-1], ls="", marker=end.marker, ms=mark * 1.7, mfc=end.colour, mec=INK, mew=line * 0.5, zorder=6
    )


def _by_turn(
    sheet: Sheet, axes: Axes, transcript: Transcript, others: Sequence[Transcript], what: str
) -> None:
    line = sheet.look.line
    axes.axhline(0, color=QUIET, lw=line * 0.4, zorder=0)
    for k, side in enumerate(transcript.scenario.side_ids):
        look = SIDE_STYLE[k]
        for other in others:
            values = [getattr(turn, what)[side] for turn in other.moves]
            axes.plot(
                range(1, len(values) + 1), values, color=look.colour, alpha=0.18, lw=line * 0.4, zorder=1
            )
        values = [getattr(turn, what)[side] for turn in transcript.moves]
        axes.plot(range(1, len(values) + 1), values, color=look.colour, ls=look.dash, lw=line * 1.3, zorder=3,
                  marker=look.marker if len(values) == 1 else "")  # fmt: skip
    axes.margins(y=0.08)
    longest = max(each.turns for each in (transcript, *others))
    axes.set_xlim(0, max(longest, 1))


def _legend(sheet: Sheet, transcript: Transcript, labels: Sequence[str], curve: bool, others: bool) -> None:
    line, mark = sheet.look.line, sheet.look.marker
    end = OUTCOME_STYLE[transcript.outcome]
    handles = [Line2D([], [], color="#D55E00", lw=line * 1.2)]
    names = ["way of the run"]
    for look, label in zip(SIDE_STYLE, labels, strict=True):
        handles.append(Line2D([], [], color=look.colour, ls=look.dash, marker=look.marker, ms=mark * 0.7))
        names.append(f"{label}; dot: its steps")
    handles.append(Line2D([], [], ls="", marker=end.marker, ms=mark * 1.4, mfc=end.colour, mec=INK))
    names.append(f"end: {end.label.lower()}")
    if curve:
        handles.append(Line2D([], [], color=INK, lw=line * 0.8))
        names.append("packages that none betters")
    if others:
        handles.append(Line2D([], [], color="#b5b5b5", lw=line * 0.8))
        names.append("other runs")
    sheet.outside_legend(handles, names, "below", 3)


def _number(
    sheet: Sheet, axes: Axes, transcript: Transcript, curve: NDArray[np.float64] | None
) -> None:  # fmt: skip
    """Number some turns along the way, where they move far and there is room."""
    path = _path(transcript)
    room = Room(sheet)
    spots = axes.transData.transform(path)
    reach = sheet.look.marker * 0.5 * sheet.dpi / 72.0
    fine = np.concatenate([np.linspace(a, b, 12) for a, b in pairwise(spots)])
    room.take(Bbox.from_extents(x - reach, y - reach, x + reach, y + reach) for x, y in fine)
    room.take(_lines(axes, curve))
    far = np.hypot(*np.diff(path, axis=0).T)
    for turn in sorted(np.argsort(-far)[:_NUMBERED] + 1):
        if far[turn - 1] > 1e-9:
            room.note(
                axes, str(turn), (float(path[turn, 0]), float(path[turn, 1])),
                around(sheet.look.font * 1.1, rings=4), size=sheet.look.small, color=INK,
            )  # fmt: skip


def _lines(axes: Axes, curve: NDArray[np.float64] | None) -> list[Bbox]:
    """Where the lines of zero and the frontier run, in pixels: no number is to stand on them."""
    box = axes.bbox
    x, y = axes.transData.transform((0.0, 0.0))
    found = [Bbox.from_extents(x - 1, box.y0, x + 1, box.y1), Bbox.from_extents(box.x0, y - 1, box.x1, y + 1)]
    if curve is not None:
        for (x0, y0), (x1, y1) in pairwise(axes.transData.transform(curve)):
            found += [
                Bbox.from_extents(x0 - 1, min(y0, y1), x0 + 1, max(y0, y1)),
                Bbox.from_extents(x0, y1 - 1, x1, y1 + 1),
            ]
    return found
