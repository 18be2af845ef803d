"""Which runs a sweep makes, in which canonical order, and how they are cut into work.

Rows are numbered from 0.  A sweep is a list of segments, one after the other; in a segment the rows go
run by run, and within a run point by point.  A plain sweep is one segment (all runs at all points), so
that its first part is a complete smaller sweep; an adaptive one adds segments of runs at the points
that need them.  Parts (files) and tasks (work) are stretches of rows; what comes out depends on neither.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["PIECE_RUNS", "Plan", "Rectangle", "Segment", "tasks_in"]

PIECE_RUNS = 16
"""Runs whose draws are held at a time: they stay in a core's own cache."""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rectangle:
    """Runs `run … run_stop-1` at `points` (ascending numbers of points), run by run."""

    run: int
    run_stop: int
    points: IntArray

    @property
    def rows(self) -> int:
        """How many negotiations."""
        return (self.run_stop - self.run) * len(self.points)


class Segment(Protocol):
    """What a plan is made of: a rectangle, or what knows its points when it is asked."""

    @property
    def run(self) -> int:
        """The first run."""

    @property
    def run_stop(self) -> int:
        """The run after the last."""

    @property
    def rows(self) -> int:
        """How many negotiations."""

    @property
    def points(self) -> IntArray:
        """Numbers of the points, ascending."""


@dataclass
class Plan:
    """The segments of a sweep so far, and where in the canonical order each begins."""

    segments: list[Segment] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    rows: int = 0

    def add(self, segment: Segment) -> None:
        """Append a segment; empty ones are left out."""
        if segment.rows > 0:
            self.segments.append(segment)
            self._starts.append(self.rows)
            self.rows += segment.rows

    def rectangles(self, start: int, stop: int) -> Iterator[Rectangle]:
        """Cut rows start … stop-1 into rectangles, in order."""
        if not 0 <= start <= stop <= self.rows:
            raise ValueError(f"rows {start} to {stop} are not among {self.rows}")
        while start < stop:
            k = bisect_right(self._starts, start) - 1
            segment, first = self.segments[k], self._starts[k]
            end = min(stop, first + segment.rows)
            yield from _cut(segment, start - first, end - first)
            start = end

    def run_numbers(self, start: int, stop: int) -> tuple[IntArray, IntArray]:
        """Point and run of each of rows start … stop-1."""
        points = np.empty(stop - start, dtype=np.int64)
        runs = np.empty(stop - start, dtype=np.int64)
        at = 0
        for piece in self.rectangles(start, stop):
            points[at : at + piece.rows] = np.tile(piece.points, piece.run_stop - piece.run)
            runs[at : at + piece.rows] = np.repeat(np.arange(piece.run, piece.run_stop), len(piece.points))
            at += piece.rows
        return points, runs


def _cut(segment: Segment, start: int, stop: int) -> Iterator[Rectangle]:
    """Rows start … stop-1 of a segment as rectangles: part of a run, whole runs, part of a run."""
    points = segment.points
    wide = len(points)
    while start < stop:
        run, column = divmod(start, wide)
        whole_runs = (stop - start) // wide
        if column or not whole_runs:
            end = min(wide, column + stop - start)
            run += segment.run
            yield Rectangle(run, run + 1, points[column:end])
            start += end - column
        else:
            runs = min(whole_runs, PIECE_RUNS)
            yield Rectangle(segment.run + run, segment.run + run + runs, points)
            start += runs * wide


def tasks_in(start: int, stop: int, largest: int, within: int) -> Iterator[tuple[int, int]]:
    """Cut rows into tasks of at most `largest` rows that do not cross multiples of `within`."""
    while start < stop:
        end = min(stop, start + largest, (start // within + 1) * within)
        yield start, end
        start = end
