"""Routes to endings: which milestone came first, second, … and how the runs on each way ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.plots.flow import Band, Flow, Node, flow_of
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, STACK, blend, outcome_edge
from bargain_sim.plots.words import joined, percent, plural
from bargain_sim.routes.orders import ARROW
from bargain_sim.routes.paths import Paths

__all__ = ["caption", "draw"]

_COUNTED: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
_LINE: Final = 1.25
"""Height of a line of words, in font sizes."""


def caption(found: Paths) -> str:
    """Two sentences: the commonest route and its endings, and which routes lead to the ending asked about."""
    orders = found.orders
    top = orders.iloc[0]
    ending = OUTCOME_LABEL[found.ending].lower()
    reached = found.runs["outcome"] == found.ending
    text = (
        f"Of {plural(len(found.runs), 'run')} of {found.name}, {percent(top['share'])} "
        f"({_span(top['low'], top['high'])}) took the commonest of {plural(len(orders), 'route')}, "
        f"“{found.words(top['order'])}”; "
        f"{percent(top[f'share_{found.ending}'])} of these ended as “{ending}”."
    )
    if not reached.any():
        return f"{text} No run on any route did."
    led = found.runs.loc[reached, "order"].value_counts(normalize=True)
    ways = sorted(led.index, key=lambda order: (-led[order], order))[:3]
    told = joined([f"“{found.words(order)}” ({percent(led[order])})" for order in ways])
    return (
        f"{text} In all, {percent(float(reached.mean()))} did, most of them by {told}."
        if len(led) > 1
        else f"{text} In all, {percent(float(reached.mean()))} did, all by “{found.words(ways[0])}”."
    )


def draw(found: Paths, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """A layered flow from the first milestone to the endings; the width of a band is its share of runs.

    A column holds the milestone that came first, second, …; the last one the endings, whose colour and
    hatch the bands have all the way.  A run that reaches no further milestone goes on to its ending in a
    band without a box.
    """
    look = look_named(size)
    sheet = Sheet(
        f"{found.title}: routes to endings", _subtitle(found),
        origin=origin or Origin(found.name, found.seed, len(found.runs)), size=size, height=look.height * 1.1,
    )  # fmt: skip
    with sheet.house():
        _draw(sheet, found)
    sheet.caption = caption(found)
    return sheet


def _subtitle(found: Paths) -> str:
    ending = OUTCOME_LABEL[found.ending].lower()
    return f"In a box: its share of all runs, and → how many of these end as {ending}"


def _glossary(found: Paths) -> str:
    """What the words in the boxes stand for."""
    seen = {part for order in found.orders["order"] for part in order.split(ARROW)}
    keys = [each for each in found.milestones if each.id in found.keys and each.id in seen]
    return "; ".join(f"{each.word} = {each.meaning}" for each in keys)


def _span(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f}\u00a0%"


def _draw(sheet: Sheet, found: Paths) -> None:
    sheet.set_layout_engine("none")
    small, margin = sheet.look.small, 0.75 * sheet.look.font
    line = small * _LINE
    axes = sheet.add_axes(sheet.inner)
    axes.set_axis_off()
    width = sheet.inner[2] * float(sheet.get_figwidth()) * 72.0
    height = sheet.inner[3] * float(sheet.get_figheight()) * 72.0
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)  # everything on it is in points

    told = sheet.wrapped(_glossary(found), small, width - 2 * margin, lines=3)
    axes.text(margin, 0.3 * line, "\n".join(told), size=small, color=QUIET, va="bottom", linespacing=1.2)
    foot = (len(told) + 0.8) * line

    def slot(node: Node) -> float:
        lines = {"lane": 0.0, "box": 1.1, "ending": 2.2}
        return lines[node.kind] * line

    ways = Counter(
        (tuple(order.split(ARROW)) if order else (), str(outcome))
        for order, outcome in zip(found.runs["order"], found.runs["outcome"], strict=True)
    )
    flow = flow_of(ways, STACK, foot, height - foot - 1.6 * line, slot, 0.35 * line)
    stages = len(flow.columns) - 1
    named = max(
        sheet.text_width(part, small) for ending in flow.columns[-1] for part in _ending_lines(ending)
    )
    bar = 1.1 * sheet.look.font
    end = width - margin - named - 0.5 * small - bar  # left edge of the bars of the endings
    step = (end - margin) / max(stages, 1)
    words = {each.id: each.word for each in found.milestones}
    texts = {id(node): _texts(node, words, found.ending, line) for node in _boxes(flow)}
    wide = [
        sheet.text_width(f"{word} {said[0]}" if beside else word, small)
        for word, said, beside in texts.values()
    ]
    box = min(max(wide, default=0.0) + small, 0.65 * step)  # the rest of the way is left to the bands
    x = [margin + k * step for k in range(stages)] + [end]

    for band in sorted(flow.bands, key=lambda band: -band.share):
        start = x[band.source.column] + (0.0 if band.source.kind == "lane" else box)
        _band(sheet, axes, band, start, x[band.target.column], flow.scale)
    for node in flow.columns[-1]:
        _ending(sheet, axes, node, end, bar)
    for node in _boxes(flow):
        parts = _parts(sheet, *texts[id(node)], box - 0.4 * small, int(node.slot / line))
        _box(sheet, axes, node, x[node.column], box, parts)
    top = height - 0.3 * line
    for k in range(stages):
        axes.text(x[k] + box / 2, top, _COUNTED[k], size=small, color=QUIET, ha="center", va="top")
    axes.text(end, top, "ending", size=small, color=QUIET, ha="left", va="top")


def _boxes(flow: Flow) -> list[Node]:
    return [node for column in flow.columns[:-1] for node in column if node.kind == "box"]


def _ending_lines(node: Node) -> list[str]:
    label = OUTCOME_LABEL[node.name]
    words = label.split(" ")
    if len(words) < 3:
        return [label, percent(node.share)]
    half = len(words) // 2
    return [" ".join(words[:half]), f"{' '.join(words[half:])} {percent(node.share)}"]


def _texts(node: Node, words: dict[str, str], ending: str, line: float) -> tuple[str, list[str], bool]:
    """What a node is called, what there is room to say of it, and whether that stands beside its name."""
    said = [_brief(node.share), f"→ {_brief(node.chances.get(ending, 0.0) / node.share)}"]
    lines = int(node.slot / line)
    return words[node.name], said[: max(lines, 1)], lines < 3


def _parts(sheet: Sheet, word: str, said: list[str], beside: bool, room: float, lines: int) -> list[str]:
    """The lines of a box: a long name takes several, or is cut where there are none."""
    size = sheet.look.small
    if beside:
        left = room - sheet.text_width(f" {said[0]}", size)
        return [f"{_fitting(sheet, word, left)} {said[0]}", *said[1:]]
    return [*sheet.wrapped(word, size, room, lines=lines - 2), *said]


def _brief(share: float) -> str:
    return percent(share).replace("under ", "<").replace("over ", ">")


def _box(sheet: Sheet, axes: Axes, node: Node, x: float, width: float, parts: list[str]) -> None:
    axes.add_patch(Rectangle(
        (x, node.middle - node.slot / 2), width, node.slot, fc="white", ec=INK, lw=sheet.look.line * 0.5,
        zorder=3,
    ))  # fmt: skip
    axes.text(
        x + width / 2, node.middle, "\n".join(parts), size=sheet.look.small, ha="center", va="center",
        linespacing=1.1, zorder=5,
    )  # fmt: skip


def _ending(sheet: Sheet, axes: Axes, node: Node, x: float, width: float) -> None:
    axes.add_patch(Rectangle(
        (x, node.middle - node.height / 2), width, node.height, fc=OUTCOME_STYLE[node.name].colour, ec=INK,
        lw=sheet.look.line * 0.5, zorder=3,
    ))  # fmt: skip
    axes.text(
        x + width + 0.5 * sheet.look.small, node.middle, "\n".join(_ending_lines(node)), va="center",
        ha="left", size=sheet.look.small, linespacing=1.1, zorder=5,
    )  # fmt: skip


def _fitting(sheet: Sheet, word: str, room: float) -> str:
    """The word, cut at its end until it fits."""
    kept = word
    while len(kept) > 1 and sheet.text_width(kept, sheet.look.small) > room:
        kept = kept.rstrip("…")[:-1].rstrip(" :") + "…"
    return kept


def _band(sheet: Sheet, axes: Axes, band: Band, x0: float, x1: float, scale: float) -> None:
    half = band.share * scale / 2.0
    x1 += 0.3  # under the next: no white seam between two bands
    middle = (x0 + x1) / 2.0
    upper: Sequence[tuple[float, float]] = [
        (x0, band.start + half), (middle, band.start + half), (middle, band.end + half), (x1, band.end + half)
    ]  # fmt: skip
    lower: Sequence[tuple[float, float]] = [
        (x1, band.end - half), (middle, band.end - half), (middle, band.start - half), (x0, band.start - half)
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    shape = Path([*upper, *lower, upper[0]], [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
    look = OUTCOME_STYLE[band.ending]
    axes.add_patch(PathPatch(
        shape, fc=blend(look.colour, 0.75), ec=outcome_edge(band.ending), hatch=look.hatch, lw=0, zorder=2
    ))  # fmt: skip
    if 2.0 * half < sheet.look.line * 1.5:
        return
    # A fine white rim shows which of two bands that end alike lies above where they cross.
    for rim in (upper, lower):
        axes.add_patch(PathPatch(
            Path(list(rim), [Path.MOVETO, *curve]), fc="none", ec="white", lw=sheet.look.line * 0.3, zorder=2
        ))  # fmt: skip
