"""What happened in one negotiation, turn by turn: the same from every host."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bargain_sim.codes import (
    OUTCOME_LABEL,
    OUTCOME_TEXT,
)
from bargain_sim.scenario.drawn import drawn_values
from bargain_sim.scenario.schema import Scenario
from bargain_sim.showing.negotiation import negotiation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Announcement", "Item", "Recorded", "Said", "Transcript", "Turn"]


@dataclass(frozen=True)
class Item:
    """Units of one concession, announced together: `units` of its `of`, worth `points`."""

    concession: str
    label: str
    kind: str
    units: int
    of: int
    points: float


@dataclass(frozen=True)
class Announcement:
    """What one side announced in a turn, and the share of it that was delivered on the day."""

    side: str
    items: tuple[Item, ...]
    announced: float
    fraction: float


@dataclass(frozen=True)
class Recorded:
    """One entry of the history as this run has it: its id, its day, what it did, and to what.

    `kind` is one of codes.HISTORY, `item` what was given, `fraction` the share delivered on the day.
    `done` is False where it could not be as this run drew it: nothing came of it.
    """

    entry: str
    date: dt.date
    kind: str
    side: str
    label: str
    item: Item | None = None
    fraction: float | None = None
    done: bool = True


@dataclass(frozen=True)
class Said:
    """What a side said where people sit: ask, demand, propose, withdraw, accept, reject, words, seat."""

    kind: str
    concessions: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Turn:
    """One turn.  `mode`, `trust`, `given` and `utility` are those after it; points throughout.

    `fraction` is the share of what was announced that was delivered on the day (None: nothing was
    announced); `step` is the step the mover's strategy asked for and `why` how it came to it (None
    and empty when it was not asked: in a pause, a demand, a package).  When a package is `agreed`,
    `package` names the concessions in it and `struck` those that were left out to make both content.
    In a turn that a history tells, `act` is `record`, `record` holds its entries, and `aside` what the
    other than the mover announced.  Where people sit, `said` is what the mover said.
    """

    turn: int
    date: dt.date
    mover: str
    mode: str
    act: str
    items: tuple[Item, ...]
    announced: float
    fraction: float | None
    step: float | None
    step_before: float
    perceived: float
    readiness: float
    events: tuple[str, ...]
    corrections: tuple[str, ...]
    paused_by: str
    resumed: bool
    agreed: bool
    trust: dict[str, float]
    given: dict[str, float]
    utility: dict[str, float]
    why: str
    package: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    aside: Announcement | None = None
    record: tuple[Recorded, ...] = ()
    said: tuple[Said, ...] = ()

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """What was announced in this turn, the mover's first; the other's only in a history."""
        own = (
            (Announcement(self.mover, self.items, self.announced, self.fraction),)
            if self.fraction is not None
            else ()
        )
        return own if self.aside is None else (*own, self.aside)

    @property
    def demanded_by(self) -> tuple[str, ...]:
        """The sides that demanded what the other will not give, in this turn."""
        if self.act == "demand":
            return (self.mover,)
        return tuple(entry.side for entry in self.record if entry.kind == "demands" and entry.done)


@dataclass(frozen=True, repr=False)
class Transcript:
    """A whole negotiation: how it went (`moves`, one a turn), how it ended, by what `cause`, and its row."""

    scenario: Scenario
    seed: int
    run: int
    outcome: str
    turns: int
    deal_turn: int | None
    moves: tuple[Turn, ...]
    summary: dict[str, Any]
    cause: str = ""

    def __repr__(self) -> str:
        name, how = self.scenario.name, OUTCOME_LABEL[self.outcome].lower()
        return f"<Transcript of {name}, seed {self.seed}, run {self.run}: {how}, {self.turns} turns>"

    def _repr_html_(self) -> str:
        return negotiation(self)

    @property
    def parameters(self) -> dict[str, Any] | None:
        """What this run has drawn of its scenario's parameters: `file`, `sha256`, `row` (from 0), `values`.

        `values` are by column of the file, which is a path as `--set` takes it.  None where it drew none.
        """
        known, values = self.scenario.parameters, drawn_values(self.scenario)
        if known is None or not values:
            return None
        return {"file": known.file, "sha256": known.sha256, "row": known.row, "values": values}

    @property
    def ending(self) -> str:
        """How the run ended and why, in plain words."""
        return f"{OUTCOME_TEXT[self.outcome]} {self.cause}".strip()

    def to_dict(self) -> dict[str, Any]:
        """Plain data: scenario name, seed, run, summary, ending, and the turns."""
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "run": self.run,
            "note": "scenario exploration, not prediction",
            **({} if self.parameters is None else {"parameters": self.parameters}),
            "outcome": self.outcome,
            "ending": self.ending,
            "summary": self.summary,
            "moves": [_plain(turn) for turn in self.moves],
        }

    def to_json(self) -> str:
        """One JSON object; numbers keep every bit."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    def to_frame(self) -> pd.DataFrame:
        """One row a turn, for pandas; what was announced is a text column."""
        import pandas as pd

        sides = self.scenario.side_ids
        rows = [
            {
                "turn": turn.turn,
                "date": pd.Timestamp(turn.date),
                "mover": turn.mover,
                "mode": turn.mode,
                "act": turn.act,
                "concessions": "; ".join(
                    f"{item.units} × {item.concession}"
                    for announcement in turn.announcements
                    for item in announcement.items
                ),
                "announced": turn.announced,
                "fraction": turn.fraction,
                "step": turn.step,
                "readiness": turn.readiness,
                **{f"trust_{side}": turn.trust[side] for side in sides},
                **{f"given_{side}": turn.given[side] for side in sides},
                **{f"utility_{side}": turn.utility[side] for side in sides},
                "events": "; ".join(turn.events),
                "corrections": "; ".join(turn.corrections),
            }
            for turn in self.moves
        ]
        return pd.DataFrame(rows)


def _plain(turn: Turn) -> dict[str, Any]:
    record = [asdict(entry) | {"date": entry.date.isoformat()} for entry in turn.record]
    plain = asdict(turn) | {"date": turn.date.isoformat(), "record": record}
    if not turn.said:
        del plain["said"]
    return plain
