"""Files to keep: results of every pair, every turn, and back again an earlier class's results.

Cells that a spreadsheet would take for a formula are set off by an apostrophe.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bargain_sim.codes import OUTCOMES
from bargain_sim.table.seats import Refusal
from bargain_sim.transcript import Turn
from bargain_sim.version import __version__
from bargain_sim.web.debriefs import Reckoned
from bargain_sim.web.pairs import Pair
from bargain_sim.web.room import Room
from bargain_sim.web.store import Entry

__all__ = ["as_csv", "columns_of_moves", "moves", "moves_as_sent", "read_results", "results"]

_MOST: Final = 2_000  # pairs of an earlier class
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # some take wide ones for them


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Iterable[str] | None = None) -> Iterator[str]:
    """Rows of the same keys as CSV (RFC 4180), line by line, with a header; of no rows only where `columns`
    says what they would be.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)

    def line(values: Iterable[Any]) -> str:
        file.seek(0)
        file.truncate()
        writer.writerow(values)
        return file.getvalue()

    if columns is not None:
        yield line(columns)
    for number, row in enumerate(rows):
        if number == 0 and columns is None:
            yield line(row)
        yield line(_cell(value) for value in row.values())


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_RISKY):
        return "'" + value
    return "" if value is None else value


def settings_hash(room: Room) -> str:
    """By which an earlier class is known to have played the same: of the whole scenario, as it was set."""
    text = json.dumps(room.scenario.model_dump(mode="json"), sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def results(room: Room, found: Reckoned) -> Iterator[dict[str, Any]]:
    """One row a pair; columns of a side end in its id."""
    same = settings_hash(room)
    for number, pair in room.pairs.items():
        said = found.pairs[number]
        row: dict[str, Any] = {
            "kind": "bargain_sim class", "version": __version__, "title": room.title,
            "scenario": room.scenario.name, "settings": same, "room": room.code, "pair": number,
            "seed": pair.game.seed, "run": pair.game.run, "outcome": said["outcome"] or "not_ended",
            "turns": said["turns"], "joint": said["joint"], "best_joint": said["best_joint"],
            "joint_share": said["joint_share"], "to_frontier": said["distance"],
            "both_more": said["room"], "to_nash": said["to_nash"],
            "longest_silence": said["longest_silence"], "pauses": said["pauses"],
        }  # fmt: skip
        for side in said["sides"]:
            row |= {f"{key}_{side['side']}": value for key, value in _of_side(room, pair, side).items()}
        yield row


def _of_side(room: Room, pair: Pair, side: Mapping[str, Any]) -> dict[str, Any]:
    number = pair.seats[side["side"]]
    seat = None if number is None else room.seats[number]
    predicted = None if seat is None else seat.prediction
    return {
        "name": "" if seat is None else seat.shown(room.settings.hide_names),
        "seat": number,
        "played_by": pair.played[side["side"]],
        "moves": None if seat is None else seat.made - seat.clock_passes,
        "clock_passes": None if seat is None else seat.clock_passes,
        "strategy_turns": sum(
            turn.mover == side["side"] and turn.act != "record" and turn.turn not in pair.by_hand
            for turn in pair.game.transcript().moves
        ),
        "score": side["score"],
        "outside_option": side["outside_option"],
        "surplus": side["surplus"],
        "trust": side["trust"],
        "announcements": side["announcements"],
        "kept": side["kept"],
        "delivered_on_the_day": side["delivered_on_the_day"],
        "corrections": side["corrections"],
        "owed": side["owed"],
        "slights": side["slights"],
        "announced_status": side["announced_by_kind"]["status"],
        "announced_material": side["announced_by_kind"]["material"],
        "predicted_ending": None if predicted is None else predicted["ending"],
        "predicted_score": None if predicted is None else predicted["score"],
    }


_OF_A_MOVE: Final = (
    "room", "pair", "turn", "date", "side", "who", "seat", "name", "seq", "entry", "at", "act", "announced",
    "points", "delivered", "said", "words", "package", "made_good", "events", "mode",
)  # fmt: skip


def columns_of_moves(room: Room) -> list[str]:
    """Those of `moves`, also where none has been made."""
    sides = room.scenario.side_ids
    return [*_OF_A_MOVE, *(f"score_{side}" for side in sides), *(f"trust_{side}" for side in sides)]


def moves(room: Room) -> Iterator[dict[str, Any]]:
    """One row a turn of every pair, whoever made it: `who` is person, clock, strategy, replaced or record.

    `seq` numbers the turns of a seat, `entry` those of the room's journal, and `at` is when it was kept.
    """
    for number, pair in tuple(room.pairs.items()):
        for turn in pair.game.transcript().moves:
            entry = pair.by_hand.get(turn.turn)
            yield {
                "room": room.code, "pair": number, "turn": turn.turn, "date": turn.date.isoformat(),
                "side": turn.mover, **_who(room, pair, entry, turn), "act": turn.act,
                "announced": "; ".join(f"{each.units} × {each.concession}" for each in turn.items),
                "points": turn.announced, "delivered": turn.fraction,
                "said": "; ".join(f"{each.kind} {' '.join(each.concessions)}".strip() for each in turn.said
                                  if each.kind not in ("words", "seat")),
                "words": " ".join(each.text for each in turn.said if each.kind == "words"),
                "package": "; ".join(turn.package), "made_good": "; ".join(turn.corrections),
                "events": "; ".join(turn.events), "mode": turn.mode,
                **{f"score_{side}": turn.utility[side] for side in pair.seats},
                **{f"trust_{side}": turn.trust[side] for side in pair.seats},
            }  # fmt: skip


def moves_as_sent(code: str, entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """One row a turn that came through a seat, as it stands in the journal: also of a room that cannot be
    played again.  Columns are those of `moves`, and `move` is what was sent, as JSON.
    """
    for entry in entries:
        if entry.kind == "move":
            known = {key: entry.data.get(key) for key in ("pair", "turn", "side")}
            move = json.dumps(entry.data.get("move"), ensure_ascii=False)
            yield {
                "room": code, **known, "who": entry.data.get("by"), "seat": entry.seat, "seq": entry.seq,
                "entry": entry.n, "at": _moment(entry), "move": move,
            }  # fmt: skip


def _moment(entry: Entry) -> str:
    return dt.datetime.fromtimestamp(entry.at, dt.UTC).isoformat(timespec="milliseconds")


def _who(room: Room, pair: Pair, entry: Entry | None, turn: Turn) -> dict[str, Any]:
    if entry is not None:
        seat = room.seats[entry.seat or 0]
        name = seat.shown(room.settings.hide_names)
        return {
            "who": entry.data["by"], "seat": entry.seat, "name": name, "seq": entry.seq,
            "entry": entry.n, "at": _moment(entry),
        }  # fmt: skip
    who = "record" if turn.act == "record" else pair.played_in(turn.mover, turn.turn)
    return {"who": who, "seat": pair.seats[turn.mover], "name": "", "seq": None, "entry": None, "at": None}


def read_results(room: Room, text: bytes) -> dict[str, Any]:
    """An earlier class's `results` as data to compare with.  Raises Refusal where it is none."""
    try:
        lines = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True)
        rows = [row for _, row in zip(range(_MOST + 1), lines, strict=False)]
    except (UnicodeDecodeError, csv.Error):
        raise _no_results("it is no CSV in UTF-8") from None
    needed = {"kind", "title", "settings", "outcome", *(f"score_{side}" for side in room.scenario.side_ids)}
    if not rows or len(rows) > _MOST:
        raise _no_results(f"it has {'no' if not rows else f'more than {_MOST}'} pairs")
    if not needed <= set(rows[0]) or any(row["kind"] != "bargain_sim class" for row in rows):
        missing = sorted(needed - set(rows[0]))
        raise _no_results(f"it has no column `{missing[0]}`" if missing else "it is of another kind")
    scores = [[_number(row[f"score_{side}"]) for side in room.scenario.side_ids] for row in rows]
    ended = [row["outcome"] for row in rows if row["outcome"] != "not_ended"]
    strange = [each for each in ended if each not in OUTCOMES]
    if strange:
        raise _no_results("it names an ending that this version does not know")
    return {
        "title": str(rows[0]["title"])[:200].removeprefix("'"),
        "pairs": len(rows),
        "endings": dict(Counter(ended)),
        "scores": scores,
        "same": {row["settings"] for row in rows} == {settings_hash(room)},
    }


def _number(text: str | None) -> float:
    try:
        number = float(text or "")
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e9:
        raise _no_results("a score in it is no number")
    return number


def _no_results(why: str) -> Refusal:
    return Refusal(
        "message", f"this file holds no results of a class: {why}", "Give a results.csv as a room exports it"
    )
