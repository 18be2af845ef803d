"""How fast everything is, side by side in one run: `make bench`, or `python benchmarks/speed.py`.

A full bench takes a few minutes and puts its tables into docs/benchmarks.md; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import report
from bench.counts import FULL, QUICK, TINY, Counts
from bench.harness import Figure, Piece, rates, ratio
from bench.machine import description, load
from rich.console import Console
from rich.markup import escape

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
SECTIONS = (
    *("rates", "limit", "growing", "sizes", "million", "dask", "until"),
    *("startup", "compile", "shares", "memory"),
)


def pieces(counts: Counts, scratch: Path, say: Callable[[str], None]) -> list[Piece]:
    """Everything whose rate is compared, as far as it is installed."""
    from bench import ema_host, hosts, negmas_host

    found = [
        *hosts.engine_pieces(counts, scratch),
        *hosts.plain_pieces(counts),
        *hosts.mesa_pieces(counts),
    ]
    for others, missing in (
        (ema_host.ema_pieces, ema_host.MISSING),
        (negmas_host.negmas_pieces, negmas_host.MISSING),
    ):
        try:
            found += others(counts)
        except ImportError:
            say(missing)
    return found


def measure(counts: Counts, only: Sequence[str], largest: bool, console: Console) -> list[Figure]:
    """All figures asked for; `only` names sections or pieces, empty means all."""
    status = console.status("")

    def say(text: str) -> None:
        if console.is_terminal:
            status.update(escape(text))
        else:
            console.print(f"… {text}", markup=False, highlight=False)

    def wanted(name: str) -> bool:
        return not only or name in only

    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as scratch, status:
        if wanted("rates") or set(only) - set(SECTIONS):
            chosen = [
                piece
                for piece in pieces(counts, Path(scratch), lambda text: console.print(text, markup=False))
                if wanted("rates") or wanted(piece.name)
            ]
            warm_up(say)
            figures += rates(chosen, counts.rounds, say)
            figures += ratios(figures)
        if wanted("limit"):
            from bench.limit_host import limit

            warm_up(say)
            figures += limit(counts, say)
        if wanted("growing"):
            from bench.scaling import growing

            warm_up(say)
            figures += growing(counts, say)
        if wanted("sizes"):
            from bench.scaling import sizes

            figures += sizes(counts, say, largest)
        if wanted("million") and counts.million_runs:
            from bench.million import million

            figures += million(counts, say)
        if wanted("dask"):
            from bench.workers import dask

            figures += dask(counts, say)
        if wanted("until"):
            from bench.workers import until

            figures += until(counts, say)
        if wanted("startup"):
            from bench.processes import startup

            figures += startup(counts, say)
        if wanted("compile"):
            from bench.processes import compiling

            figures += compiling(counts, say)
        if wanted("shares"):
            from bench.shares import shares

            warm_up(say)
            figures += shares(counts, say)
        if wanted("memory"):
            from bench.processes import memory

            figures += memory(counts, say)
    return figures


def ratios(figures: Sequence[Figure]) -> list[Figure]:
    """Those of the ratios for which both sides were measured."""
    by_name = {figure.name: figure for figure in figures}
    return [
        ratio(by_name[over], by_name[under], title)
        for over, under, title in report.RATIOS
        if over in by_name and under in by_name
    ]


def warm_up(say: Callable[[str], None]) -> None:
    """Have the rules compiled and the points packed before anything is timed."""
    from bench import design

    from bargain_sim.engine import is_compiled, warm_up

    say("packing" if is_compiled() else "compiling the rules for this machine, once")
    warm_up(design.group().packed)
    design.baseline()
    design.columns()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, show, and after a full bench write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a rough look in under a minute; writes no page")
    parser.add_argument("--tiny", action="store_true", help="next to nothing, to see whether it works")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help=f"a section ({', '.join(SECTIONS)}) or a piece, such as engine_1; may be given again",
    )
    parser.add_argument(
        "--largest", action="store_true", help="also a stored sweep of 10,000,000 negotiations (a minute)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every repeat to FILE")
    chosen = parser.parse_args(arguments)
    counts = TINY if chosen.tiny else QUICK if chosen.quick else FULL
    console, progress = Console(), Console(stderr=True)
    about = {**description(), "load before": load()}
    console.print("Scenario exploration, not prediction: these are speeds, not findings.", style="dim")
    figures = measure(counts, chosen.only, chosen.largest, progress)
    if not figures:
        parser.error(f"nothing is called {', '.join(chosen.only)}")
    about["load after"] = load()
    report.show(figures, console)
    if chosen.json:
        chosen.json.write_text(report.as_json(figures, about), encoding="utf-8")
    if counts is FULL and not chosen.only:
        report.write_markdown(PAGE, report.markdown(figures, about))
        console.print(f"The tables are in docs/{PAGE.name}.")


if __name__ == "__main__":  # Mesa's second process imports this file again
    main()
