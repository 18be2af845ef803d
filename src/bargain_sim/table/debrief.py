"""The debrief of one pair: how it ended, what each got, what was left on the table, and where it turned.

Everything is plain data, and said once more in sentences.  It shows both sides' sheets: for after the end.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.narrate import CAVEAT
from bargain_sim.table.cloud import Cloud
from bargain_sim.table.dance import Step, TurningPoint, dance, turning_points
from bargain_sim.table.game import Game
from bargain_sim.table.reference import Reference, reference
from bargain_sim.table.swaps import Swap, best_swap
from bargain_sim.transcript import Transcript

__all__ = ["Debrief", "SideDebrief", "debrief"]


@dataclass(frozen=True)
class SideDebrief:
    """One side: its payoff, and what it did.  Points throughout; `gave` and `points` are the other's.

    `announcements` counts turns in which it announced, `kept` those delivered in full on the day, and
    `delivered_on_the_day` is the share of all announced points.  `owed` is what is short at the end.
    `announced_by_kind` is points announced, by status and material.
    """

    side: str
    label: str
    seat: str
    score: float
    outside_option: float
    surplus: float
    gave: float
    paid: float
    trust: float
    announcements: int
    kept: int
    delivered_on_the_day: float | None
    corrections: int
    owed: float
    announced_by_kind: dict[str, float]
    slights: int
    below: float | None
    """Share of the simulated pairs in which this side got less; None without a cloud."""


@dataclass(frozen=True)
class Debrief:
    """What a pair and its class look back on; see `sentences`.

    `joint_share` is of the best joint score (None where that is not above 0).  `distance` is that to the
    frontier, `room` what both could have had more, each the same, `to_nash` the distance to the Nash point;
    all in points.  `longest_silence` counts turns in a row without an announcement.
    """

    note: str
    outcome: str
    ending: str
    turns: int
    sides: tuple[SideDebrief, SideDebrief]
    joint: float
    best_joint: float
    joint_share: float | None
    distance: float
    room: float
    nash: tuple[float, float] | None
    to_nash: float | None
    frontier: tuple[tuple[float, float], ...]
    longest_silence: int
    pauses: int
    swap: Swap | None
    swap_in_words: str
    dance: tuple[Step, ...]
    turning_points: tuple[TurningPoint, ...]
    below_joint: float | None
    sentences: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as JSON knows it."""
        plain = asdict(self)
        for each in (*plain["dance"], *plain["turning_points"]):
            each["date"] = each["date"].isoformat()
        return plain


def debrief(game: Game, cloud: Cloud | None = None, solutions: Reference | None = None) -> Debrief:
    """Look back on a game, finished or not; `solutions` spares reckoning the frontier for each pair anew.

    With a `cloud` of simulated pairs, scores are compared with theirs.
    """
    transcript, here = game.transcript(), game.position
    known = solutions or reference(game.scenario)
    scores = tuple(transcript.summary[f"utility_{side}"] for side in game.scenario.side_ids)
    first, second = (_side(game, transcript, side, cloud) for side in game.scenario.side_ids)
    at, joint = (scores[0], scores[1]), scores[0] + scores[1]
    to_nash = None
    if known.nash is not None:
        to_nash = ((at[0] - known.nash[0]) ** 2 + (at[1] - known.nash[1]) ** 2) ** 0.5
    room, swap = known.room(at), best_swap(game.scenario, here.packed, here.terms, here.state)
    made = Debrief(
        note=CAVEAT,
        outcome=transcript.outcome if game.over else "",
        ending=transcript.ending if game.over else "",
        turns=transcript.turns,
        sides=(first, second),
        joint=joint,
        best_joint=known.joint,
        joint_share=joint / known.joint if known.joint > 0.0 else None,
        distance=known.distance(at),
        room=room,
        nash=known.nash,
        to_nash=to_nash,
        frontier=known.drawn,
        longest_silence=_longest_silence(transcript),
        pauses=int(transcript.summary["pauses"]),
        swap=swap,
        swap_in_words=swap.in_words(game.scenario) if swap is not None and room > 0.05 else "",
        dance=dance(transcript),
        turning_points=turning_points(transcript, over=game.over),
        below_joint=None if cloud is None else cloud.below_joint(joint),
        sentences=(),
    )
    return Debrief(**{**made.__dict__, "sentences": tuple(_sentences(game, made, cloud))})


def _side(game: Game, transcript: Transcript, side: str, cloud: Cloud | None) -> SideDebrief:
    here, i = game.position, game.scenario.side_ids.index(side)
    terms, state, own = here.terms, here.state, game.scenario.sides[side]
    said = [each for turn in transcript.moves for each in turn.announcements if each.side == side]
    announced = sum(each.announced for each in said)
    by_kind = {"status": 0.0, "material": 0.0}
    for each in said:
        for item in each.items:
            by_kind[item.kind] += item.points
    score = float(transcript.summary[f"utility_{side}"])
    outside = float(own.outside_option)
    return SideDebrief(
        side=side,
        label=own.label,
        seat=game.seats[side],
        score=score,
        outside_option=outside,
        surplus=score - outside,
        gave=state.given[i],
        paid=state.paid[i],
        trust=float(transcript.summary[f"trust_{side}"]),
        announcements=len(said),
        kept=sum(each.fraction >= 1.0 for each in said),
        delivered_on_the_day=(
            sum(each.announced * each.fraction for each in said) / announced if announced > 0.0 else None
        ),
        corrections=sum(
            game.scenario.concessions[name].giver == side
            for turn in transcript.moves
            for name in turn.corrections
        ),
        owed=sum(state.short[c] * terms.value[c] for c in range(terms.span[i], terms.span[i + 1])),
        announced_by_kind=by_kind,
        slights=sum(side in turn.demanded_by for turn in transcript.moves),
        below=None if cloud is None else cloud.below(side, score),
    )


def _longest_silence(transcript: Transcript) -> int:
    longest = now = 0
    for turn in transcript.moves:
        now = 0 if turn.announcements else now + 1
        longest = max(longest, now)
    return longest


def _sentences(game: Game, found: Debrief, cloud: Cloud | None) -> list[str]:
    """The same in words."""
    label = OUTCOME_LABEL.get(found.outcome, "Not ended")
    said = [f"{label}, after {_plural(found.turns, 'turn')}. {found.ending}".strip()]
    for side in found.sides:
        more = "more" if side.surplus >= 0.0 else "less"
        said.append(
            f"{side.label} has {side.score:.1f} points, {abs(side.surplus):.1f} {more} than its outside "
            f"option of {side.outside_option:g}."
        )
    if found.joint_share is not None:
        said.append(
            f"Together that is {found.joint:.1f} of the {found.best_joint:.1f} points that were possible "
            f"({100 * found.joint_share:.0f} %)."
        )
    if found.room > 0.05:
        said.append(f"Another package would have given each at least {found.room:.1f} points more.")
    elif found.outcome and found.distance <= 0.05:
        said.append("That lies on the frontier: neither could have had more without the other having less.")
    if found.swap_in_words:
        said.append(found.swap_in_words)
    for side in found.sides:
        said.append(_promises(side))
    said.append(f"The longest silence lasted {_plural(found.longest_silence, 'turn')}.")
    if cloud is not None:
        said += _against(found, cloud)
    return said


def _promises(side: SideDebrief) -> str:
    if not side.announcements:
        return f"{side.label} announced nothing."
    kept = f"{side.label} kept {side.kept} of {_plural(side.announcements, 'promise')} in full on the day"
    if side.corrections:
        kept += f", made good {side.corrections}"
    if side.owed > 0.05:
        kept += f", and still owes {side.owed:.1f} points"
    if side.slights:
        kept += f"; it demanded across a red line {_times(side.slights)}"
    return kept + "."


def _against(found: Debrief, cloud: Cloud) -> list[str]:
    first, second = found.sides
    said = f"Of {len(cloud.scores):,} simulated pairs "
    if found.outcome:
        said += f"{100 * cloud.share(found.outcome):.0f} % ended so; "
    said += f"{first.label} got less in {100 * (first.below or 0.0):.0f} % of them, "
    said += f"{second.label} in {100 * (second.below or 0.0):.0f} %"
    return [said + f", both together in {100 * (found.below_joint or 0.0):.0f} %."]


def _plural(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
