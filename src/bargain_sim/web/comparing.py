"""A class as a whole: its endings and means, what it predicted, and other classes beside it.

Sums only, of debriefs that are there; with sentences, so that nobody has to read a chart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.cloud import Cloud
from bargain_sim.web.room import Room

__all__ = ["against_earlier", "predictions", "simulated", "summary"]

Debriefs = Mapping[int, Mapping[str, Any]]
Point = tuple[float, float]


def scores_of(pairs: Debriefs) -> list[Point]:
    """Both sides' scores, one point a pair."""
    return [(pair["sides"][0]["score"], pair["sides"][1]["score"]) for pair in pairs.values()]


def means(points: Sequence[Sequence[float]]) -> list[float]:
    """The mean of each side; zeros where there are none."""
    return [fmean(each) for each in zip(*points, strict=True)] if points else [0.0, 0.0]


def endings_of(pairs: Debriefs) -> dict[str, int]:
    """Ending → how many pairs; those that have not ended are left out."""
    return dict(Counter(pair["outcome"] for pair in pairs.values() if pair["outcome"]))


def summary(pairs: Debriefs, *, frontier: bool = True) -> dict[str, Any]:
    """The class in numbers; the share of the best possible only with the `frontier`."""
    endings, shares = endings_of(pairs), [pair["joint_share"] for pair in pairs.values()]
    ended, silence = sum(endings.values()), [pair["longest_silence"] for pair in pairs.values()]
    known = [share for share in shares if share is not None] if frontier else []
    sides = [side for pair in pairs.values() for side in pair["sides"]]
    promises, kept = (sum(side[key] for side in sides) for key in ("announcements", "kept"))
    sentences = [f"{ended} of {_count(len(pairs), 'pair')} came to an end."]
    if promises:
        sentences.append(f"Of {_count(promises, 'promise')}, {kept} were kept in full on the day.")
    sentences.append(f"The longest silence of any pair lasted {_count(max(silence, default=0), 'turn')}.")
    if known:
        sentences.append(
            f"On average a pair reached {100 * fmean(known):.0f} % of the best joint score, the best "
            f"{100 * max(known):.0f} %."
        )
    return {
        "pairs": len(pairs),
        "ended": ended,
        "endings": endings,
        "mean_scores": means(scores_of(pairs)),
        "mean_joint_share": fmean(known) if known else None,
        "sentences": sentences,
    }


def simulated(around: Cloud, pairs: Debriefs) -> dict[str, Any]:
    """The simulated pairs, and how the class stands among them."""
    joint = [sum(point) for point in scores_of(pairs)]
    below = fmean([around.below_joint(each) for each in joint]) if joint else 0.0
    bargains = endings_of(pairs).get("grand_bargain", 0)
    sentences = [
        f"On average, a pair of this class got more than {100 * below:.0f} % of the simulated pairs.",
        f"{_share(bargains, len(pairs))} of this class and {_share(around.share('grand_bargain'), 1)} of the "
        "simulated pairs struck a grand bargain.",
    ]
    shares = {name: around.share(name) for name in OUTCOME_LABEL if name in around.outcomes}
    return {
        "scores": around.scores,
        "outcomes": around.outcomes,
        "shares": shares,
        "mean_scores": means(around.scores),
        "sentences": sentences,
    }


def predictions(room: Room, pairs: Debriefs) -> dict[str, Any]:
    """What was predicted against what came: endings, and points of the own side."""
    right, misses, given = 0, [], []
    for seat in room.present_seats:
        if seat.prediction is None or seat.pair is None:
            continue
        pair = pairs[seat.pair]
        (own,) = (side for side in pair["sides"] if side["side"] == seat.side)
        given.append(seat.prediction["ending"])
        right += seat.prediction["ending"] == pair["outcome"]
        misses.append(own["score"] - seat.prediction["score"])
    sentences = []
    if given:
        common, times = Counter(given).most_common(1)[0]
        sentences.append(f"The commonest guess was “{OUTCOME_LABEL[common]}” ({times} of {len(given)}).")
        lean = fmean(misses)
        more = "more" if lean >= 0 else "less"
        sentences.append(f"On average they got {abs(lean):.1f} points {more} than they expected.")
    return {
        "given": len(given),
        "right": right,
        "mean_error": fmean([abs(each) for each in misses]) if misses else None,
        "endings": dict(Counter(given)),
        "sentences": sentences,
    }


def against_earlier(room: Room, pairs: Debriefs) -> dict[str, Any]:
    """An earlier class beside this one."""
    before = dict(room.earlier or {})
    then, now = means(before["scores"]), means(scores_of(pairs))
    sentences = [
        _moved(room.scenario, side, then[k], now[k]) for k, side in enumerate(room.scenario.side_ids)
    ]
    if not before["same"]:
        sentences.append("The earlier class played another scenario, or other settings: compare with care.")
    return {**before, "mean_scores": then, "sentences": sentences}


def _moved(scenario: Scenario, side: str, then: float, now: float) -> str:
    more = "more" if now >= then else "less"
    label = scenario.sides[side].label
    return f"{label} has {now:.1f} points on average, {abs(now - then):.1f} {more} than then."


def _share(number: float, of: int) -> str:
    return f"{100 * number / of:.0f} %" if of else "None"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
