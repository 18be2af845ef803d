"""Timing pieces in turn (A B A B …) and keeping what was measured."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Played:
    """How many negotiations a piece played, and how many turns they took in all."""

    negotiations: int
    turns: float


@dataclass(frozen=True)
class Piece:
    """Something that plays negotiations.

    `run` is timed; `count` looks at what it returned and is not.
    """

    name: str
    title: str
    run: Callable[[], Any]
    count: Callable[[Any], Played]


@dataclass
class Figure:
    """One line of the report: a value for every repeat, all in the same unit."""

    section: str
    name: str
    title: str
    unit: str
    values: list[float] = field(default_factory=list)
    note: str = ""
    cores: list[float] = field(default_factory=list)  # that it got, where that was measured
    cells: tuple[str, ...] = ()  # what else stands in its line, as the report's columns say

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def cpu_seconds() -> float:
    """Processor time of this process and of those it has waited for."""
    return sum(os.times()[:4])


def rates(pieces: Sequence[Piece], rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """Negotiations a second of every piece, `rounds` times, each round going through all pieces.

    Going round rather than finishing one piece first spreads whatever else the machine does over all of
    them; ratios are taken within a round.
    """
    figures = [Figure("rates", piece.name, piece.title, "negotiations/s") for piece in pieces]
    turns: dict[str, list[Played]] = {piece.name: [] for piece in pieces}
    for number in range(rounds):
        for piece, figure in zip(pieces, figures, strict=True):
            say(f"round {number + 1} of {rounds}: {piece.title}")
            began, cpu = time.perf_counter(), cpu_seconds()
            result = piece.run()
            seconds = time.perf_counter() - began
            figure.cores.append((cpu_seconds() - cpu) / seconds)
            played = piece.count(result)
            figure.values.append(played.negotiations / seconds)
            turns[piece.name].append(played)
    for figure in figures:
        every = turns[figure.name]
        n = sum(played.negotiations for played in every)
        mean = sum(played.turns for played in every) / n
        figure.note = f"{mean:.0f}; {every[0].negotiations:,}"
    return figures


def ratio(over: Figure, under: Figure, title: str) -> Figure:
    """How many times as fast `over` is as `under`, round by round."""
    values = [a / b for a, b in zip(over.values, under.values, strict=True)]
    return Figure("ratios", f"{over.name}/{under.name}", title, "×", values)
