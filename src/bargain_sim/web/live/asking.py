"""What pages may ask of the explorer, strict and closed; and the answers, as bytes to be sent."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bargain_sim.codes import OUTCOMES
from bargain_sim.draws import LARGEST_SEED
from bargain_sim.errors import InputError
from bargain_sim.pages.telling import told
from bargain_sim.web.live.playing import Choice, Explorer, Played
from bargain_sim.web.live.seen import differences, seen
from bargain_sim.web.live.settings import Value

__all__ = ["RunRequest", "StoryRequest", "answer", "described", "read", "story", "table"]

MOST_SET = 200
"""More settings than any scenario has."""

Path = Annotated[str, Field(max_length=140)]
Given = Annotated[str, Field(max_length=64)] | float | bool


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Asked(_Message):
    """A scenario, and values for paths that the page lists."""

    scenario: str = Field(max_length=64)
    set: dict[Path, Given] = Field(default_factory=dict, max_length=MOST_SET)

    def choice(self, explorer: Explorer) -> Choice:
        """As the explorer takes it.  Raises InputError."""
        return explorer.choice(self.scenario, self.set)


class _Request(_Message):
    client: str = Field(pattern=r"^[a-z0-9]{1,40}$", description="made up by the page; the newest wins")
    seed: int = Field(default=0, ge=0, le=LARGEST_SEED)
    now: Asked


R = TypeVar("R", bound=_Request)


class RunRequest(_Request):
    """All runs at some settings; with `pin`, also those at others, and how the two differ."""

    pin: Asked | None = None


class StoryRequest(_Request):
    """One run, turn by turn."""

    run: int = Field(ge=0)


def read(kind: type[R], body: bytes) -> R:
    """A request from its JSON.  Raises InputError."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:80]
        problem = f"this is no request that the explorer understands: {where}: {first['msg']}"
        raise InputError(problem, remedy="Load the page again") from None


def answer(explorer: Explorer, request: RunRequest) -> bytes:
    """What is seen at these settings, and how it differs from the pinned ones.  Raises InputError."""
    began = time.perf_counter()
    now, pinned = _both(explorer, request)
    found: dict[str, Any] = {"now": seen(now, explorer.frontier(now.choice)), "pin": None, "apart": None}
    if pinned is not None:
        found["pin"] = seen(pinned, explorer.frontier(pinned.choice))
        found["apart"] = differences(pinned, now)
    return _json(found | {"ms": round(1e3 * (time.perf_counter() - began), 1)})


def story(explorer: Explorer, request: StoryRequest) -> bytes:
    """One negotiation in words, with trust and mode after each turn.  Raises InputError."""
    if request.run >= explorer.runs:
        raise InputError(
            f"there is no run {request.run}", remedy=f"Runs are numbered from 0 to {explorer.runs - 1}"
        )
    transcript = explorer.tell(request.now.choice(explorer), request.seed, request.run)
    return _json({"run": request.run, "outcome": transcript.outcome, **told(transcript, lambda text: text)})


def table(explorer: Explorer, request: RunRequest) -> bytes:
    """All runs as CSV, a row a run: which settings, what was set, seed, run, and what it came to.

    With a pin, its runs come first.  A column that one of two scenarios lacks is empty for it.
    Raises InputError.
    """
    now, pinned = _both(explorer, request)
    parts = [("now", now)] if pinned is None else [("pinned", pinned), ("now", now)]
    rows = [row for name, played in parts for row in _rows(explorer, name, played, [p for _, p in parts])]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def described(explorer: Explorer, name: str) -> bytes:
    """A scenario for the page: what it is about, and everything that can be set.  Raises InputError."""
    settings = explorer.settings(name)
    scenario = explorer.scenario_as_it_is(name)
    return _json({
        "scenario": name,
        "title": scenario.title,
        "question": scenario.question,
        "description": scenario.description,
        "sides": [side.label for side in scenario.sides.values()],
        "sideIds": list(scenario.side_ids),
        "turns": int(scenario.turns),
        "turnDays": float(scenario.turn_days),
        "startDate": scenario.start_date.isoformat(),
        "settings": [vars(setting) for setting in settings.values()],
    })  # fmt: skip


def _both(explorer: Explorer, request: RunRequest) -> tuple[Played, Played | None]:
    # Both are read before either is played: what is wrong is said at once.
    now = request.now.choice(explorer)
    pin = request.pin.choice(explorer) if request.pin is not None else None
    played = explorer.play(now, request.seed)
    return played, explorer.play(pin, request.seed) if pin is not None else None


def _rows(explorer: Explorer, name: str, played: Played, all_of: list[Played]) -> list[dict[str, Any]]:
    names = [_named(column, played.sides) for column in played.columns]
    whole = {
        column for column in names if not column.startswith(("utility_", "trust_", "given_", "exchanged"))
    }
    moved = dict.fromkeys(path for each in all_of for path, _ in each.choice.values)
    settings, own = explorer.settings(played.choice.scenario), dict(played.choice.values)
    at: dict[str, Value] = {path: own.get(path, settings[path].own) for path in moved if path in settings}
    head = {"settings": name, "scenario": played.choice.scenario, **at, "seed": played.seed}
    rows = []
    for run, values in enumerate(played.rows.tolist()):
        row: dict[str, Any] = {
            column: int(value) if column in whole else value
            for column, value in zip(names, values, strict=True)
        }
        row["outcome"] = OUTCOMES[row["outcome"]]
        row["deal_turn"] = row["deal_turn"] if row["deal_turn"] >= 0 else ""
        rows.append({**head, "run": run, **row})
    return rows


def _named(column: str, sides: tuple[str, str]) -> str:
    """`utility_0` → `utility_washington`, as sweeps store it."""
    stem, _, place = column.rpartition("_")
    return (
        f"{stem}_{sides[int(place)]}" if stem in ("utility", "trust", "given") and place in "01" else column
    )


def _json(found: Mapping[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
