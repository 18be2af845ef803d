"""`bargain play`: one person at the table, in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargain_sim.cli.faults import terminated_like_interrupted
from bargain_sim.cli.options import LARGEST, checked_figure, set_option
from bargain_sim.cli.settings import Settings, with_settings
from bargain_sim.errors import InputError

if TYPE_CHECKING:
    from bargain_sim.table.game import Game


@click.command(short_help="Play a side yourself, move by move.")
@click.argument("scenario", required=False)
@click.option("--as", "side", metavar="SIDE", help="The side you play, such as minsk.")
@click.option(
    "--against", metavar="STRATEGY",
    help="The strategy of the other side, such as grit; else that of the scenario.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, LARGEST), metavar="N",
    help="The luck of the draw, a whole number from 0.  [default: 0]",
)  # fmt: skip
@click.option(
    "--run", type=click.IntRange(0, LARGEST), metavar="K", help="Which run under this seed.  [default: 0]"
)
@set_option
@click.option(
    "--keep", "kept", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Where the game is kept; SCENARIO-SIDE.json in this folder, if left out.",
)  # fmt: skip
@click.option(
    "--continue", "continued", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Go on with the game that is kept in FILE, or read its debrief again.",
)  # fmt: skip
@click.option(
    "--pairs", type=click.IntRange(0, 100_000), default=300, show_default=True, metavar="N",
    help="With how many simulated pairs the result is compared at the end.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Draw the whole game into FILE at the end (png, svg or pdf).",
)  # fmt: skip
@with_settings
def command(
    settings: Settings,
    scenario: str | None,
    side: str | None,
    against: str | None,
    seed: int | None,
    run: int | None,
    given: tuple[str, ...],
    kept: Path | None,
    continued: Path | None,
    pairs: int,
    plot: Path | None,
) -> None:
    """Play a side yourself: a confidential score sheet, moves in words, and a debrief at the end.

    SCENARIO is a file, or the name of a shipped scenario such as baseline.  What can be typed says `help`
    in the game.  Moves are read from standard input, so that they can also come from a file.
    """
    from bargain_sim.cli.playing import play

    if plot is not None:
        checked_figure(plot)
    if continued is not None:
        if any(each is not None for each in (scenario, side, against, seed, run, kept)) or given:
            raise InputError(
                "with --continue everything else is in the file", remedy="Give the file, and nothing else"
            )
        from bargain_sim.table.keeping import load_game

        game, path = load_game(continued), continued
        side = _only_person(game, continued)
    else:
        game, side = _begun(scenario, side, against, seed or 0, run or 0, given)
        path = kept or _free(f"{game.scenario.name}-{side}")
        if not path.parent.is_dir():
            raise InputError(
                f"there is no folder `{path.parent}`", place=path,
                remedy="Make it first, or give another path",
            )  # fmt: skip
        if kept is not None and kept.exists():
            raise InputError(
                "there is a file of this name", place=kept,
                remedy=f"Go on with it by --continue {kept}, or give another name",
            )  # fmt: skip
    with terminated_like_interrupted():
        if play(settings, game, side, path):
            _look_back(settings, game, pairs, plot)


def _begun(
    scenario: str | None, side: str | None, against: str | None, seed: int, run: int, given: tuple[str, ...]
) -> tuple[Game, str]:
    """A new game.  Raises InputError where it is not said which, or by whom it is played."""
    from bargain_sim.scenario.checks import nearest
    from bargain_sim.scenario.loader import load_scenario
    from bargain_sim.strategies import STRATEGIES
    from bargain_sim.table.game import Game

    if scenario is None:
        raise InputError("no scenario is named", remedy="Write `bargain play baseline --as minsk`")
    made = load_scenario(scenario, given)
    if side is None or side not in made.sides:
        problem = "it is not said which side you play" if side is None else f"there is no side `{side}`"
        raise InputError(problem, remedy="Add " + " or ".join(f"--as {name}" for name in made.sides))
    if against is not None:
        if against not in STRATEGIES:
            raise InputError(f"there is no strategy `{against}`", remedy=nearest(against, STRATEGIES))
        other = next(name for name in made.sides if name != side)
        made = load_scenario(scenario, (*given, f"sides.{other}.strategy={against}"))
    return Game(made, seed, run, people=side), side


def _only_person(game: Game, path: Path) -> str:
    from bargain_sim.table.seats import PERSON

    people = [side for side, seat in game.seats.items() if seat == PERSON]
    if len(people) != 1:
        raise InputError(
            f"{len(people)} people sit at this table, and a terminal is for one", place=path,
            remedy="Such games are played in the browser",
        )  # fmt: skip
    return people[0]


def _free(stem: str) -> Path:
    """A file name that is not taken: an unfinished game is never written over."""
    path, k = Path(f"{stem}.json"), 1
    while path.exists():
        k += 1
        path = Path(f"{stem}-{k}.json")
    return path


def _look_back(settings: Settings, game: Game, pairs: int, plot: Path | None) -> None:
    from bargain_sim.cli.table import Screen
    from bargain_sim.table.cloud import cloud
    from bargain_sim.table.debrief import debrief

    around = cloud(game.scenario, pairs, game.seed) if pairs else None
    Screen(settings).debrief(debrief(game, around))
    if plot is not None:
        from bargain_sim.plots.saving import save
        from bargain_sim.plots.timeline import draw

        kind = plot.suffix.lower().removeprefix(".")
        (written,) = save(draw(game.transcript()), plot.with_suffix(""), (kind,))
        settings.notice(f"Figure in {written}")
