"""Milestones of a run: what can happen in one for the first time, and in which turn it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import GIVE_UP, PAUSED, RENEGE, WALK_OUT
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import Runs

__all__ = ["KEYS", "NEVER", "Milestone", "milestones_of", "turns_of"]

IntArray = npt.NDArray[np.int64]

NEVER: Final = -1
"""Stands for the turn of a milestone that a run never reached."""

KEYS: Final = ("pause", "slight", "exchange", "agreed")
"""The milestones whose order makes a route unless others are asked for: few, so that orders are, too."""


@dataclass(frozen=True)
class Milestone:
    """Something that can happen in a run for the first time.

    `word` is what it is called in a route and on a figure, `label` says in full what it is.  A `final`
    one belongs to an ending; what it does to the odds of that ending is no question.  `after` names the
    column of turns from which on it can happen at all: only a paused dialogue resumes.
    """

    id: str
    word: str
    label: str
    final: bool = False
    after: str = ""

    @property
    def meaning(self) -> str:
        """The label as it stands in the middle of a line; a name at its head keeps its capital."""
        common = self.label.split(" ")[0] in ("A", "All", "Both", "Paused", "The")
        return self.label[:1].lower() + self.label[1:] if common else self.label


def milestones_of(scenario: Scenario) -> tuple[Milestone, ...]:
    """All milestones of a scenario, in the order in which the rules take them within one turn."""
    sides = scenario.sides
    institutions = _institutions(scenario)
    found = [Milestone("correction", "correction", "A shortfall is made good", after="can_correct")]
    found += [
        Milestone(
            f"stands_{name}", name.replace("_", " "), f"{scenario.concessions[name].label} (institution)"
        )
        for name in institutions
    ]
    if len(institutions) > 1:
        found.append(Milestone("institutions", "institutions", "All institutions stand"))
    found += [
        Milestone("pause", "pause", "The talks pause"),
        Milestone("resumption", "resumption", "Paused talks resume", after="can_resume"),
        Milestone("slight", "slight", "A demand across a red line, refused"),
        Milestone("agreed", "package", "A package is agreed"),
    ]
    for kind, word, what in (
        ("status", "status", "status act"),
        ("material", "material", "material concession"),
        ("short", "shortfall", "shortfall"),
    ):
        found += [
            Milestone(f"{kind}_{side}", f"{sides[side].label} {word}", f"{sides[side].label}: first {what}")
            for side in scenario.side_ids
        ]
    return (
        *found,
        Milestone("shortfall", "shortfall", "A move falls short"),
        Milestone("exchange", "exchange", "Both sides have made a material concession"),
        Milestone("implemented", "carried out", "The package is carried out", final=True),
        Milestone("walk_out", "walk-out", "A side walks out", final=True),
        Milestone("given_up", "given up", "Paused talks are given up", final=True),
        Milestone("reneged", "reneged", "A side reneges on the package", final=True),
    )


def turns_of(runs: Runs) -> dict[str, IntArray]:
    """Milestone → the turn in which each run reached it, `NEVER` where it did not: shape (runs,).

    Beside them `can_resume` and `can_correct`: from which turn on there is something to take up again, or
    to make good; that may have been left by the record.

    Where play begins at the record, what the record holds is behind every run alike: a pause is then the
    first pause of the play.  An institution that stands when play begins stands from its first turn.
    """
    return dict(_turns(runs))


def _turns(runs: Runs) -> Iterator[tuple[str, IntArray]]:
    scenario = runs.scenario
    begun = scenario.handover
    last = runs.played - 1
    mode, act = runs.turn("mode"), runs.turn("act")

    yield "correction", _since(runs, "corrections", begun)
    institutions = _institutions(scenario)
    standing = [_standing(runs, name, begun) for name in institutions]
    for name, turns in zip(institutions, standing, strict=True):
        yield f"stands_{name}", turns
    if len(institutions) > 1:
        yield "institutions", _all_of(*standing)

    pause = _since(runs, "pauses", begun)
    yield "pause", pause
    yield "can_resume", np.where(_stood(mode == PAUSED, begun), begun, pause)
    resumed = np.zeros(mode.shape, dtype=bool)
    resumed[:, 1:] = (mode[:, :-1] == PAUSED) & (mode[:, 1:] != PAUSED) & ~np.isnan(mode[:, 1:])
    yield "resumption", _first(resumed, begun)
    yield "slight", _since(runs, "demands", begun)
    yield "agreed", runs.result("deal_turn").astype(np.int64)

    for kind in ("status", "material", "short"):
        for k, side in enumerate(scenario.side_ids):
            yield f"{kind}_{side}", _first(runs.turn(f"{kind}_{k}") > 0.0, begun)
    shortfall = _first((runs.turn("short_0") > 0.0) | (runs.turn("short_1") > 0.0), begun)
    yield "shortfall", shortfall
    yield "can_correct", np.where(_stood(runs.turn("standing_short") > 0.0, begun), begun, shortfall)
    yield "exchange", _all_of(*(_first(runs.turn(f"material_{k}") > 0.0, begun) for k in range(2)))

    yield "implemented", np.where(runs.ended("grand_bargain"), last, NEVER)
    for name, number in (("walk_out", WALK_OUT), ("given_up", GIVE_UP), ("reneged", RENEGE)):
        yield name, _first(act == number, begun)


def _institutions(scenario: Scenario) -> list[str]:
    return [name for name, concession in scenario.concessions.items() if concession.institution]


def _first(happens: npt.NDArray[np.bool_], begun: int) -> IntArray:
    """First turn from `begun` on in which it happens; `happens` is (runs, turns)."""
    played = happens[:, begun:]
    if not played.shape[1]:
        return np.full(len(happens), NEVER)
    return np.where(played.any(axis=1), played.argmax(axis=1) + begun, NEVER)


def _stood(so: npt.NDArray[np.bool_], begun: int) -> npt.NDArray[np.bool_]:
    """In which runs it was so when play took over: (runs, turns) → (runs,)."""
    return so[:, begun - 1] if begun else np.zeros(len(so), dtype=bool)


def _since(runs: Runs, name: str, begun: int) -> IntArray:
    """First turn from `begun` on in which a count since the start has grown."""
    count = runs.turn(name)
    before = count[:, begun - 1 : begun] if begun else 0.0
    return _first(count > before, begun)


def _standing(runs: Runs, name: str, begun: int) -> IntArray:
    stood = runs.delivered_in(name).astype(np.int64)
    return np.where(stood < 0, NEVER, np.maximum(stood, begun))


def _all_of(*turns: IntArray) -> IntArray:
    """The turn in which the last of several milestones was reached, if all were."""
    several = np.stack(turns)
    return np.where((several < 0).any(axis=0), NEVER, several.max(axis=0))
