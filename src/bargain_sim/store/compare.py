"""Two results folders beside each other: what differs in what was asked, and whether the answers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from bargain_sim.store.design import DESIGN
from bargain_sim.store.folder import POINTS
from bargain_sim.store.manifest import IDENTITY, Manifest
from bargain_sim.store.order import RowReader
from bargain_sim.store.results import Results
from bargain_sim.store.table import PART_ROWS

__all__ = ["definition_differences", "matched_points", "same_contents"]

_MOST_LINES: Final = 12  # differing paths of two scenarios that are told one by one


def definition_differences(a: Manifest, b: Manifest) -> list[str]:
    """In which respects two sweeps were defined differently, one line each; empty: in none."""
    lines = []
    for words in a.differences(b):
        name = next(key for key, value in IDENTITY.items() if value == words)
        if name == "scenario_hash":
            lines += [f"{words}: {line}" for line in _scenario_lines(a, b)]
        elif name == "design_sha256":
            lines += [f"{words}: {line}" for line in _design_lines(a, b)]
        else:
            lines.append(f"{words}: {_shown(getattr(a, name))} and {_shown(getattr(b, name))}")
    return lines


def _scenario_lines(a: Manifest, b: Manifest) -> list[str]:
    ours, theirs = dict(_leaves(a.scenario)), dict(_leaves(b.scenario))
    paths = [path for path in {**ours, **theirs} if ours.get(path) != theirs.get(path)]
    lines = [
        f"{path} is {_shown(ours.get(path))} and {_shown(theirs.get(path))}" for path in paths[:_MOST_LINES]
    ]
    if len(paths) > _MOST_LINES:
        lines.append(f"and {len(paths) - _MOST_LINES} more")
    return lines  # none where only --set differs, which has a line of its own


def _design_lines(a: Manifest, b: Manifest) -> list[str]:
    ours = {factor["path"] for factor in a.factors}
    theirs = {factor["path"] for factor in b.factors}
    lines = [f"`{path}` is varied in the first only" for path in sorted(ours - theirs)]
    lines += [f"`{path}` is varied in the second only" for path in sorted(theirs - ours)]
    if a.points != b.points:
        lines.append(f"{a.points:,} points and {b.points:,}")
    return lines or ["they take other values"]


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        for key, inside in tree.items():
            yield from _leaves(inside, f"{path}.{key}" if path else str(key))
    else:
        yield path, tree


def _shown(value: Any) -> str:
    if value is None:
        return "left out"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def same_contents(a: Results, b: Results) -> bool:
    """Whether two folders hold the same results, whatever wrote them, when, and in how many parts.

    Files of the same bytes are not opened; others are compared row by row, a part at a time.
    """
    if a.manifest.keep != b.manifest.keep or a.manifest.points != b.manifest.points:
        return False
    if _bytes(a.manifest) and _bytes(a.manifest) == _bytes(b.manifest):
        return True
    if not a.design_table.table.equals(b.design_table.table):
        return False
    if a.manifest.keep != "runs":
        return _same_summaries(a, b)
    ours, theirs = RowReader(a.parts), RowReader(b.parts)
    if ours.rows != theirs.rows:
        return False
    return all(
        ours.read(start, min(start + PART_ROWS, ours.rows))
        .unify_dictionaries()
        .combine_chunks()
        .equals(theirs.read(start, min(start + PART_ROWS, ours.rows)).unify_dictionaries().combine_chunks())
        for start in range(0, ours.rows, PART_ROWS)
    )


def _bytes(manifest: Manifest) -> dict[str, str]:
    """Checksums of what holds results (tables of points and transcripts follow from these)."""
    return {
        name: record["sha256"]
        for name, record in manifest.files.items()
        if name.endswith(".parquet") and name not in (POINTS, DESIGN)
    }


def _same_summaries(a: Results, b: Results) -> bool:
    ours, theirs = a.summary, b.summary
    return ours.bins == theirs.bins and all(
        np.array_equal(x, y)
        for name in ours.columns
        for x, y in zip(
            [ours.endings, *ours.numbers_of(name)], [theirs.endings, *theirs.numbers_of(name)], strict=True
        )
    )


def matched_points(a: Results, b: Results) -> tuple[list[int], list[int]]:
    """Points of two sweeps at which the same factors (by path) have the same values, in pairs.

    Where the factors are not the same ones, none match.
    """
    paths = sorted(factor["path"] for factor in a.manifest.factors)
    if paths != sorted(factor["path"] for factor in b.manifest.factors):
        return [], []
    known: dict[tuple[Any, ...], int] = {}
    for point, values in enumerate(_values(b, paths)):
        known.setdefault(values, point)
    pairs = [(k, known[values]) for k, values in enumerate(_values(a, paths)) if values in known]
    return [k for k, _ in pairs], [k for _, k in pairs]


def _values(results: Results, paths: list[str]) -> Iterator[tuple[Any, ...]]:
    name_of = {factor["path"]: factor["name"] for factor in results.manifest.factors}
    columns = [results.design_table.columns[name_of[path]].to_pylist() for path in paths]
    return zip(*columns, strict=True)
