"""The loop of `bargain play`: show, ask, move, keep; until the end or until the person has had enough."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from bargain_sim.cli.phrases import HELP, References, read_phrases
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.table import Screen
from bargain_sim.errors import InputError
from bargain_sim.table.game import Game
from bargain_sim.table.keeping import save_game
from bargain_sim.table.seats import Refusal

__all__ = ["play", "resuming"]


class _EnoughError(Exception):
    """The person stops for now."""


def resuming(path: Path) -> str:
    """How to go on with the game that is kept in `path`."""
    return f"Go on with: bargain play --continue {shlex.quote(str(path))}"


def play(settings: Settings, game: Game, side: str, path: Path) -> bool:
    """Play `side` until the end (True), or until the person quits or its input ends (False).

    Raises KeyboardInterrupt, with words on how to go on, when interrupted.
    """
    table = _Table(settings, game, side, path)
    try:
        table.keep()
        table.greet()
        while not game.over:
            table.turn()
    except _EnoughError:
        settings.notice(f"The game is kept in {path}. {resuming(path)}")
        return False
    except KeyboardInterrupt as error:
        click.echo(err=True)
        words = f"The game is kept in {path}. {resuming(path)}"
        raise type(error)(words) from None
    table.news()
    return True


class _Table:
    def __init__(self, settings: Settings, game: Game, side: str, path: Path) -> None:
        self.settings, self.game, self.side, self.path = settings, game, side, path
        self.copies: set[Path] = set()  # files of this game that were written on the way
        self.screen = Screen(settings)
        self.told = 0
        game.advance()
        view = game.view(side)
        self.known = References(
            [each.concession for each in view.gives], [each.concession for each in view.receives]
        )

    def greet(self) -> None:
        view = self.game.view(self.side)
        self.screen.welcome(view, str(self.path))
        self.screen.sheet(view, self.known)

    def keep(self) -> None:
        try:
            save_game(self.game, self.path)
        except InputError as error:
            remedy = "Give another file with --keep, or make space"
            raise InputError(error.problem, remedy=remedy, place=error.place) from error

    def copy(self, path: Path) -> None:
        """Keep the game as it stands in another file too: one that is new, or was written so before."""
        try:
            whole = path.expanduser().resolve()
            if whole.exists() and whole not in self.copies and whole != self.path.resolve():
                raise Refusal("message", f"there is a file `{path}` already", "Give another name")
            save_game(self.game, whole)
        except Refusal:
            raise
        except InputError as error:
            raise Refusal("message", f"{path}: {error.problem}", "Give another name") from error
        except (OSError, RuntimeError, ValueError):  # a home of nobody, a name that no disk takes
            raise Refusal("message", f"no file can be named `{path}`", "Give another name") from None
        self.copies.add(whole)

    def news(self) -> None:
        """What has happened since it was told last."""
        view = self.game.view(self.side)
        self.screen.story(view.story[self.told :], view)
        self.told = len(view.story)

    def turn(self) -> None:
        """One turn of the person, and of the strategy after it."""
        self.news()
        self.screen.head(self.game.view(self.side))
        self.screen.options(self.game.legal(self.side), self.known)
        while True:
            typed = self.asked()
            try:
                if not self.looked(typed):
                    self.move(typed)
                    break
            except Refusal as refusal:
                words = refusal.text()
                self.screen.line(words[:1].upper() + words[1:], "refused")
        self.game.advance()
        self.keep()

    def asked(self) -> str:
        """What the person types; raises _EnoughError where nothing more comes."""
        prompt = f"{self.game.scenario.sides[self.side].label}> "
        if sys.stdin.isatty() and sys.stdout.isatty():
            try:
                return input(prompt).strip()
            except EOFError:
                click.echo()
                raise _EnoughError from None
        typed = sys.stdin.readline()
        if not typed:
            raise _EnoughError
        typed = typed.strip()
        click.echo(f"{prompt}{typed}")  # so that what a script plays can be read
        return typed

    def looked(self, typed: str) -> bool:
        """Do what takes no turn; whether it was such a thing."""
        word, _, rest = typed.partition(" ")
        view, can = self.game.view(self.side), self.game.legal(self.side)
        match word.lower():
            case "" | "#":
                pass
            case "help" | "?":
                self.screen.line(HELP)
            case "sheet":
                self.screen.sheet(view, self.known)
            case "story":
                self.screen.story(view.story, view)
            case "options":
                self.screen.all_options(can, self.known)
            case "score":
                self.screen.score(view)
            case "hint":
                for sentence in self.game.hint(self.side):
                    self.screen.line(f"Hint: {sentence}")
            case "undo":
                raise Refusal("message", "what is said is said: there is no undo")
            case "save":
                if not rest:
                    raise Refusal("message", "no file is named", "Write `save FILE`")
                self.copy(Path(rest))
                self.screen.line(f"Also kept in {rest}.", "note")
            case "quit" | "exit":
                raise _EnoughError
            case _:
                return False
        return True

    def move(self, typed: str) -> None:
        view, can = self.game.view(self.side), self.game.legal(self.side)
        left = {each.concession: each.units - each.announced for each in view.gives}
        refused = {each.concession for each in view.receives if each.refused}
        package = [each.concession for part in can.package.values() for each in part]
        message = read_phrases(
            typed,
            self.known,
            lambda name: left.get(name, 1),
            [name for name in package if name not in refused],
            [each.concession for each in can.corrects],
        )
        self.game.act(self.side, message)
