"""What a person types in a game, read as a move: `give 2 of 6, 3 at 50%; say as promised`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from string import ascii_lowercase
from typing import Any, Final

from bargain_sim.table.seats import Refusal

__all__ = ["HELP", "References", "read_phrases"]

HELP: Final = """\
Numbers and letters are examples; take those of your sheet.
give 3                     announce number 3 of your sheet (your own have numbers, the other's letters)
give 10 of 6, all of 4     so many units of it
give 3 at 50%              announce it, and deliver half; the other sees that later
make good 3                deliver what you announced and did not deliver
ask b                      ask for a thing; across a red line that is a demand, and a slight
propose 6 9 for b k        a package, of both sides; `propose all` takes all that is left
accept, reject             answer a package that is proposed
pause, resume              let the talks pause, or take them up again
walk out                   end it for good
pass                       let the turn pass
say I am sorry             a message
resume; give 1; say hello  several things in one turn
sheet, story, options, hint, score    look; this takes no turn
save FILE, quit            the game is kept after every move anyway"""

_FILLING: Final = {"for", "and", "with", "the", "against", "of"}


class References:
    """How concessions are called in what is typed: own ones by number, the other's by letter, all by id."""

    def __init__(self, own: Sequence[str], theirs: Sequence[str]) -> None:
        self.marks = {name: str(k + 1) for k, name in enumerate(own)}
        self.marks |= {name: _letter(k) for k, name in enumerate(theirs)}
        self._names = {mark: name for name, mark in self.marks.items()}

    def name(self, word: str) -> str:
        """The concession that is meant.  Raises Refusal where it cannot be told."""
        word = word.strip().strip("“”\"'`").lower()
        if word in self._names:
            return self._names[word]
        if word in self.marks:
            return word
        begun = [name for name in self.marks if len(word) > 2 and name.startswith(word)]
        if len(begun) == 1:
            return begun[0]
        near = get_close_matches(word, self.marks, n=1, cutoff=0.6)
        remedy = f"Did you mean `{near[0]}`?" if near else "`sheet` shows how each is called"
        raise Refusal("unknown", f"there is no concession `{word[:60]}`", remedy)

    def names(self, text: str) -> list[str]:
        """The concessions named in a list, each once."""
        words = [word for word in re.split(r"[\s,]+", text) if word and word.lower() not in _FILLING]
        return list(dict.fromkeys(self.name(word) for word in words))


def _letter(k: int) -> str:
    """a … z, aa, ab, …"""
    before = _letter(k // 26 - 1) if k >= 26 else ""
    return before + ascii_lowercase[k % 26]


def read_phrases(
    text: str, known: References, left: Callable[[str], int], package: Iterable[str], short: Iterable[str]
) -> dict[str, Any]:
    """The message (see `table.moves`) in what was typed.

    `left` says how many units of an own concession are left, `package` what `propose all` means, `short`
    what `make good` alone means.  Raises Refusal in words.
    """
    move: dict[str, Any] = {}
    for phrase in filter(None, (part.strip() for part in text.split(";"))):
        said = _phrase(phrase, known, left, list(package), list(short))
        for key, value in said.items():
            if key in move:
                raise Refusal("message", f"`{phrase}` says a second time what one turn can say once")
            move[key] = value
    return move


def _phrase(
    phrase: str, known: References, left: Callable[[str], int], package: list[str], short: list[str]
) -> dict[str, Any]:
    word, _, rest = phrase.partition(" ")
    word, rest = word.lower(), rest.strip()
    both = f"{word} {rest}".lower()
    if both in _WHOLE:
        return dict(_WHOLE[both])
    if word == "give" and rest:
        return _gifts(rest, known, left)
    if word == "make" and rest.lower().startswith("good"):
        named = known.names(rest[4:]) or short
        if not named:
            raise Refusal("nothing_short", "nothing of what you announced is short")
        return {"corrects": named}
    if word in ("ask", "demand", "request") and rest:
        names = known.names(re.sub(r"^for\s", "", rest, flags=re.IGNORECASE))
        if len(names) != 1:
            raise Refusal("message", "ask for one thing at a time")
        return {"asks": names[0]}
    if word == "propose" and rest:
        return {"proposes": package if rest.lower() in ("all", "everything") else known.names(rest)}
    if word == "say" and rest:
        return {"words": rest}
    near = get_close_matches(word, [*_WORDS], n=1)
    remedy = f"Did you mean `{near[0]}`? " if near and near[0] != word else ""
    raise Refusal("message", f"`{phrase[:60]}` is no move", f"{remedy}`help` lists what can be typed")


_WHOLE: Final[dict[str, dict[str, Any]]] = {
    "accept ": {"answers": "accept"},
    "reject ": {"answers": "reject"},
    "pause ": {"dialogue": "pause"},
    "resume ": {"dialogue": "resume"},
    "walk out": {"dialogue": "leave"},
    "leave ": {"dialogue": "leave"},
    "pass ": {},
    "wait ": {},
}
_WORDS: Final = (
    "give", "make good", "ask", "propose", "accept", "reject", "pause", "resume", "walk out", "pass", "say",
    "sheet", "story", "options", "hint", "score", "save", "quit", "help",
)  # fmt: skip


def _gifts(rest: str, known: References, left: Callable[[str], int]) -> dict[str, Any]:
    found = re.fullmatch(r"(.+?)\s+(?:at|deliver|delivering|delivered)\s+(\S+)", rest, re.IGNORECASE)
    move: dict[str, Any] = {"gives": {}}
    if found is not None:
        rest, move["delivered"] = found[1], _share(found[2])
    for part in re.split(r",|\band\b", rest):
        amount, of, word = part.strip().rpartition(" of ")
        name = known.name(word)
        if name in move["gives"]:
            raise Refusal("message", f"`{word}` is given twice in one turn")
        move["gives"][name] = _units(amount if of else "", name, word, left(name))
    return move


def _units(amount: str, name: str, word: str, left: int) -> int:
    amount = amount.strip().lower()
    if amount == "all":
        return max(1, left)
    if amount:
        digits = amount.replace(",", "")
        if not digits.isdecimal() or int(digits) < 1 or len(digits) > 12:
            raise Refusal("message", f"`{amount[:40]}` is no number of units", "Write 1, 2, 3, … or all")
        return int(digits)
    if left > 1:
        remedy = f"Write `give 1 of {word}`, or `give all of {word}`"
        raise Refusal("message", f"how many of `{name}`? {left} units are left", remedy)
    return 1


def _share(text: str) -> float:
    """50 %, 50%, 0.5 or 1/2 as a number from 0 to 1."""
    plain = text.strip().replace("½", "0.5")
    try:
        share = float(plain.removesuffix("%")) / (100.0 if plain.endswith("%") else 1.0)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise Refusal("message", f"`{text[:40]}` is no share to deliver", "Write 50% or 0.5")
    return share
