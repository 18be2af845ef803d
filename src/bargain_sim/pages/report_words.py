"""What a report says in words: the sums of a sweep, and one paragraph computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bargain_sim.analysis.effects import ending_to_watch, main_effects
from bargain_sim.analysis.pooled import pooled_shares
from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.errors import InputError
from bargain_sim.plots.words import factor_name, joined, percent, plural

if TYPE_CHECKING:
    import pandas as pd

    from bargain_sim.store.results import Results

__all__ = ["Sums", "interval", "summary", "sums_of"]

_HEAD_ROWS: Final = 200_000  # from so many runs it is read how far points share their luck
_MAIN: Final = 0.05  # endings that come at least so often are named in the summary
_FEW_RUNS: Final = 10  # with fewer runs at a point, its own share says hardly anything
_WEAK: Final = 0.02  # a factor that explains less is not said to move anything


@dataclass(frozen=True)
class Sums:
    """A sweep summed up: `points` (one row a point), `shares` of the endings over all, `effects`.

    `watched` is the ending whose share the effects and the table of points are about; `runs` are those
    that are stored; `labels` names factors, their levels and sides.
    """

    results: Results
    points: pd.DataFrame
    shares: pd.DataFrame
    effects: pd.DataFrame
    watched: str
    runs: int
    labels: dict[str, str]

    @property
    def thin(self) -> bool:
        """Whether points have too few runs for their own shares to say much, as in a large sample."""
        return len(self.points) > 1 and float(self.points["runs"].median()) < _FEW_RUNS

    @property
    def unit(self) -> str:
        """What the effects tell the differences between: points, single runs only where each has one."""
        return "single runs" if bool((self.points["runs"] == 1).all()) else "points"


def sums_of(results: Results) -> Sums:
    """Sum up a sweep, complete or not.  Raises InputError where nothing of it is stored."""
    points = _points(results)
    points = points[points["runs"] > 0].reset_index(drop=True)
    if points.empty:
        raise InputError(
            "there are no runs to report", place=results.folder,
            remedy="Run the sweep first (give its command with --resume to go on)",
        )  # fmt: skip
    head = results.head(_HEAD_ROWS) if results.manifest.keep == "runs" else None
    watched = ending_to_watch(points)
    labels = {**results.sides, **results.factor_labels}
    return Sums(
        results=results,
        points=points,
        shares=pooled_shares(points, head),
        effects=main_effects(points, results.factors, watched),
        watched=watched,
        runs=int(points["runs"].sum()),
        labels=labels,
    )


def _points(results: Results) -> pd.DataFrame:
    """The table of points; of an incomplete sweep, from the runs that are there."""
    from bargain_sim.analysis.points import points_of

    manifest = results.manifest
    if manifest.complete or results.folder is None:
        return results.points
    columns = ["point", "outcome", "turns", "deal_turn", *(f"utility_{side}" for side in results.sides)]
    kept = results.tables(columns) if manifest.keep == "runs" else results.summary
    return points_of(kept, results.design_table, list(results.sides))


def summary(sums: Sums) -> str:
    """One paragraph in plain words: how the runs end, how far points differ, what moves that most."""
    manifest = sums.results.manifest
    over = f"at {plural(len(sums.points), 'point')}" if len(sums.points) > 1 else "at one point"
    told = [
        f"{plural(sums.runs, 'run')} of “{sums.results.scenario.title}” were played {over}.",
        _endings(sums),
    ]
    if len(sums.points) > 1:
        told += [_range(sums), _drivers(sums)]
    if not manifest.complete and sums.results.folder is not None:
        told.append("The sweep is not complete; all this may still change.")
    return " ".join(sentence for sentence in told if sentence)


def interval(share: float, low: float, high: float, words: str = "") -> str:
    """`43.6 % (42.1–45.2)`, with `words` before the bounds; only the share where no bounds are known."""
    known = f" ({words}{100 * low:.1f}–{100 * high:.1f})" if low == low else ""
    return f"{100 * share:.1f}\u00a0%{known}"


def _endings(sums: Sums) -> str:
    ordered = sums.shares.sort_values("share", ascending=False, kind="stable").to_dict("records")
    seen = [row for row in ordered if row["share"] >= _MAIN]
    parts: list[str] = []
    for row in seen:
        bounds = "95\u00a0% interval " if not parts else ""
        share = interval(row["share"], row["low"], row["high"], bounds)
        parts.append(f"{OUTCOME_LABEL[row['outcome']].lower()} in {share}")
    rest = [OUTCOME_LABEL[row["outcome"]].lower() for row in ordered if 0.0 < row["share"] < _MAIN]
    others = f" Rarer: {joined(rest)}." if rest else ""
    return f"The talks ended as {joined(parts)}.{others}"


def _range(sums: Sums) -> str:
    share = sums.points[f"share_{sums.watched}"]
    name = OUTCOME_LABEL[sums.watched].lower()
    if sums.thin or share.max() <= 0.0:
        return ""
    return (
        f"From point to point the share of {name} goes from {percent(share.min())} to {percent(share.max())}."
    )


def _drivers(sums: Sums) -> str:
    effects = sums.effects
    if effects.empty or not sums.points[f"share_{sums.watched}"].std() > 0.0:
        return ""
    told: list[str] = []
    for row in effects.head(2).to_dict("records"):
        if told and not row["explained"] >= _WEAK:
            break
        known = row["explained"] == row["explained"]
        part = f" ({percent(row['explained'])} of the differences between {sums.unit})" if known else ""
        least = f"{percent(row['least'])} at {row['least_at']}"
        most = f"{percent(row['most'])} at {row['most_at']}"
        told.append(f"{factor_name(row['factor'], sums.labels)}, from {least} to {most}{part}")
    first = f"What moves it most by itself is {told[0]}"
    second = f"; then {told[1]}" if len(told) > 1 else ""
    averaged = ", each averaged over the other factors" if len(effects) > 1 else ""
    return f"{first}{second}{averaged}."
