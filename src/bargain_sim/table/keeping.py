"""A game as JSON, and back to the last bit: the scenario, the seed, who sat down, and the log.

Nothing else is kept, because everything else follows.  A fingerprint of where it stood tells whether it
still does under the rules of the version that reads it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bargain_sim.draws import LARGEST_SEED
from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.scenario.loader import build
from bargain_sim.scenario.schema import Id, Scenario
from bargain_sim.store.atomic import write_text
from bargain_sim.table.game import Game
from bargain_sim.table.moves import Move
from bargain_sim.table.seats import PERSON, Refusal, Seat
from bargain_sim.version import __version__

__all__ = ["as_json", "fingerprint", "from_json", "load_game", "replay", "save_game"]

_LARGEST: Final = 50_000_000  # characters of a file

Number = Annotated[int, Field(ge=0, le=LARGEST_SEED)]


class _Entry(BaseModel):
    """One thing done from outside: a move, a seat taken, an event let strike."""

    model_config = ConfigDict(extra="forbid", strict=True)

    turn: Number
    side: Id | None = None
    move: Move | None = None
    seat: Seat | None = None
    event: Id | None = None


class _Kept(BaseModel):
    """What the file of a game holds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["bargain_sim game"]
    format_version: Literal[1]
    note: str
    version: str
    scenario: dict[str, Any]
    seed: Number
    run: Number
    people: list[Id]
    turn: Number
    log: list[_Entry]
    stands: str


def fingerprint(game: Game) -> str:
    """Sixteen hexadecimal digits for where a game stands, to the last bit."""
    here = game.position
    text = repr((here.t, game.seats, here.state, here.offer))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def as_json(game: Game) -> str:
    """All that it takes to go on with a game elsewhere."""
    kept = {
        "kind": "bargain_sim game",
        "format_version": 1,
        "note": CAVEAT,
        "version": __version__,
        "scenario": game.scenario.model_dump(mode="json"),
        "seed": game.seed,
        "run": game.run,
        "people": [side for side, seat in game.sat_down.items() if seat == PERSON],
        "turn": game.turn,
        "log": game.log,
        "stands": fingerprint(game),
    }
    return json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def from_json(text: str, place: str | Path | None = None) -> Game:
    """The game that `as_json` wrote, ready to go on.

    Raises InputError where the text is none, or where the rules have changed so that it would be another.
    """
    if len(text) > _LARGEST:
        raise InputError("this is too large for a game", place=place)
    try:
        kept = _Kept.model_validate_json(text)
    except (ValidationError, RecursionError):
        raise InputError(
            "this is no game that bargain_sim has kept", remedy="Give the file that `bargain play` named",
            place=place,
        ) from None  # fmt: skip
    try:
        log = [entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | _move(entry)
               for entry in kept.log]  # fmt: skip
        game = replay(build(kept.scenario), kept.seed, kept.run, kept.people, log, kept.turn)
    except InputError as error:
        raise _changed(kept, place) from error
    if fingerprint(game) != kept.stands:
        raise _changed(kept, place)
    return game


def _move(entry: _Entry) -> dict[str, Any]:
    return {} if entry.move is None else {"turn": entry.turn, "move": entry.move.data()}


def _changed(kept: _Kept, place: str | Path | None) -> InputError:
    return InputError(
        f"this game was played by the rules of bargain_sim {kept.version}, and by those of {__version__} "
        "it would not be the same",
        remedy="Go on with the version it was begun with, or begin a new game",
        place=place,
    )


def replay(
    scenario: Scenario,
    seed: int,
    run: int,
    people: list[str],
    log: list[dict[str, Any]],
    turn: int | None = None,
) -> Game:
    """A game anew from what was done: `log` as in `Game.log`.  Raises InputError where it cannot be.

    Strategies play on to `turn`; without it, until a person has to move.
    """
    game = Game(scenario, seed, run, people)
    for entry in log:
        while game.turn < entry["turn"] and game.step():
            pass
        if game.turn != entry["turn"]:
            raise Refusal("log", f"nothing can be done in turn {entry['turn']} of this game")
        if "event" in entry:
            game.strike(entry["event"])
        elif "seat" in entry:
            game.seat(entry["side"], entry["seat"])
        else:
            game.act(entry["side"], entry["move"])
    while (turn is None or game.turn < turn) and game.step():
        pass
    return game


def save_game(game: Game, path: Path) -> None:
    """Write a game to a file, whole or not at all.  Raises InputError where the disk does not allow it."""
    write_text(path, as_json(game))


def load_game(path: Path) -> Game:
    """Read a game from a file.  Raises InputError where there is none, or none that can go on."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(
            "there is no such file", remedy="Give the file that `bargain play` named", place=path
        ) from None
    except UnicodeDecodeError:
        raise InputError("this is no game that bargain_sim has kept", place=path) from None
    return from_json(text, path)
