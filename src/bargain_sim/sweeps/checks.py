"""Whether the parts of a sweep file fit together, before its scenario is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from bargain_sim.scenario.reading import KeyPath
from bargain_sim.sweeps.correlations import correlation_faults
from bargain_sim.sweeps.definition import MAX_POINTS, SAMPLED, Part, Sweep
from bargain_sim.sweeps.factor import EXTENDS, Factor, column_of

__all__ = ["Wrong", "bytes_needed", "check_design", "check_fits", "factor_place", "memory"]

# Key → the designs that read it.
_READ_BY: Final = {
    "samples": SAMPLED,
    "levels": ("morris",),
    "second_order": ("saltelli",),
    "table": ("table",),
    "correlations": ("latin_hypercube", "sobol"),
}
_MOST_OF_MEMORY: Final = 0.75


class Wrong(NamedTuple):
    """Something wrong: where in the file, what, and what to do."""

    path: KeyPath
    problem: str
    remedy: str


def check_design(sweep: Sweep) -> Iterator[Wrong]:
    """Everything that can be told from the file alone."""
    if sweep.design == "union":
        if not sweep.union:
            yield Wrong(("design",), "the union is empty", "Write `union:` and under it a list of designs")
        for key in _READ_BY:
            if getattr(sweep, key) is not None:
                yield Wrong((key,), f"a union has no `{key}` of its own", "Write it into one of its parts")
    elif sweep.union:
        yield Wrong(
            ("union",), f"`union` does nothing in a `{sweep.design}`", "Write `design: union`, or take it out"
        )
    wrong = [fault for k, part in enumerate(sweep.parts()) for fault in _check_part(sweep, k, part)]
    yield from wrong
    yield from _check_names(sweep)
    if not wrong:
        yield from _check_count(sweep)
    if sweep.until is not None and sweep.until.max_runs < sweep.runs:
        yield Wrong(
            ("until", "max_runs"), f"this is less than `runs` ({sweep.runs:,})", "Raise it, or lower `runs`"
        )


def check_fits(sweep: Sweep, points: int, factors: int) -> Iterator[Wrong]:
    """What can be told once it is known how many points and factors there are."""
    available, needed = memory(), bytes_needed(points, factors)
    if available is not None and needed > _MOST_OF_MEMORY * available:
        fit = int(_MOST_OF_MEMORY * available / bytes_needed(1, factors))
        yield Wrong(
            _counted_by(sweep),
            f"the values of {points:,} points need {needed / 1e9:.1f} GB, "
            f"and this machine has {available / 1e9:.1f} GB of memory",
            f"About {fit:,} points of {factors} factor{'' if factors == 1 else 's'} fit",
        )
    if sweep.transcripts is not None:
        for key, numbers, end in (
            ("points", sweep.transcripts.points, points), ("runs", sweep.transcripts.runs, sweep.runs)
        ):  # fmt: skip
            if max(numbers) >= end:
                yield Wrong(
                    ("transcripts", key), f"there is no {key[:-1]} {max(numbers)}",
                    f"They are counted from 0; the last is {end - 1}",
                )  # fmt: skip


def bytes_needed(points: int, factors: int) -> int:
    """Memory that the values at all points take while they are made: the sample and its values."""
    return points * (16 * factors + 64)


def memory() -> int | None:
    """Bytes of memory of this machine, or of what this process may have; None where it does not say."""
    found: list[int] = []
    with suppress(AttributeError, ValueError, OSError):  # Windows
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):  # no container, or `max`
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    return min(found) if found else None


def factor_place(sweep: Sweep, part: int, path: str) -> KeyPath:
    """Where a factor is written: in its part of the union, or beside `design`."""
    if sweep.design == "union" and path in sweep.union[part].factors:
        return ("union", part, "factors", path)
    return ("factors", path)


def _at(sweep: Sweep, part: int) -> KeyPath:
    return ("union", part) if sweep.design == "union" else ()


def _counted_by(sweep: Sweep) -> KeyPath:
    """The key that decides most about the number of points."""
    if sweep.design == "union":
        return ("union",)
    if sweep.design in SAMPLED:
        return ("samples",)
    return ("table",) if sweep.design == "table" else ("factors",)


def _check_part(sweep: Sweep, k: int, part: Part) -> Iterator[Wrong]:
    at, design = _at(sweep, k), part.design
    for key, designs in _READ_BY.items():
        if getattr(part, key) is not None and design not in designs:
            yield Wrong(
                (*at, key), f"`{key}` means nothing in a `{design}`",
                f"Take it out, or write `design: {designs[0]}`",
            )  # fmt: skip
    if design == "table" and part.table is None:
        yield Wrong((*at, "design"), "a table needs a file", "Write `table: points.csv`, say")
    if design != "table" and not part.factors:
        where = (*at, "factors") if sweep.design != "union" else (*at, "design")
        yield Wrong(where, "nothing is varied", "Name at least one path and its values under `factors`")
        return
    if design in SAMPLED:
        yield from _check_samples(at, part)
    for path, factor in part.factors.items():
        place = factor_place(sweep, k, path)
        yield from _check_factor(design, path, factor, place, at != () and path in sweep.factors)
    if part.correlations is not None and design in _READ_BY["correlations"]:
        for inside, problem, remedy in correlation_faults(part):
            yield Wrong((*at, "correlations", *inside), problem, remedy)


def _check_samples(at: KeyPath, part: Part) -> Iterator[Wrong]:
    design, samples = part.design, part.samples
    if samples is None:
        yield Wrong((*at, "design"), f"`{design}` needs a number of samples", "Write `samples: 64`, say")
    elif design in ("sobol", "saltelli") and samples & (samples - 1):
        lower = 1 << (samples.bit_length() - 1)
        yield Wrong(
            (*at, "samples"),
            f"a Sobol sequence covers its space evenly only in powers of two, and {samples:,} is none",
            f"Write {lower} or {2 * lower}",
        )


def _check_factor(design: str, path: str, factor: Factor, place: KeyPath, shared: bool) -> Iterator[Wrong]:
    if design == "table":
        # What all parts of a union share may well have values for the others.
        if factor.kind and not shared:
            yield Wrong(place, "the table holds its values", "Keep only `name` and `label`")
        return
    if not factor.kind:
        yield Wrong(place, "it has no values", "Write `values: [ … ]`, or `range: [ … ]` with `steps`")
    elif design == "grid" and factor.distribution is not None:
        yield Wrong(
            (*place, "distribution"), "a grid draws nothing from a distribution",
            "List its `values`, or write `design: sobol` with `samples`",
        )  # fmt: skip
    elif design == "grid" and factor.kind == "uniform":
        yield Wrong(
            (*place, "range"), "a range needs `steps` in a grid",
            "Write `steps: 11`, say, or `design: sobol` with `samples`",
        )  # fmt: skip
    if path == EXTENDS and factor.kind and (factor.numeric or not factor.values):
        yield Wrong(place, "`extends` names scenarios", "List shipped names or files: `[baseline, grit]`")


def _check_names(sweep: Sweep) -> Iterator[Wrong]:
    owners: dict[str, str] = {}
    for part in sweep.parts():
        for path, factor in part.factors.items():
            name = column_of(path, factor)
            if owners.setdefault(name, path) != path:
                at = _counted_by(sweep) if sweep.design == "union" else ("factors",)
                yield Wrong(at, f"two factors are called `{name}`", "Give them a `name` each")
                return


def _check_count(sweep: Sweep) -> Iterator[Wrong]:
    total = sum(part.n_points or 0 for part in sweep.parts())
    if total > MAX_POINTS:
        yield Wrong(_counted_by(sweep), f"this makes {total:,} points", f"At most {MAX_POINTS:,} are run")
