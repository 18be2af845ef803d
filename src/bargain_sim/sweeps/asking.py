"""What may be asked of one sweep together."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from bargain_sim.draws import checked
from bargain_sim.errors import InputError
from bargain_sim.sweeps.definition import Sweep

__all__ = ["check_asked", "check_first_run"]


def check_asked(
    *,
    workers: int | None,
    out: str | Path | None,
    resume: bool,
    overwrite: bool,
    dask: str | None,
    dask_local: int | None,
) -> None:
    """Raise InputError where two things are asked for that exclude each other, or one that is nothing."""
    where = {
        "--dask": dask is not None,
        "--dask-local": dask_local is not None,
        "--workers": workers is not None,
    }
    before = {"--resume": resume, "--overwrite": overwrite}
    for options in (before, where):
        for one, two in combinations([name for name, given in options.items() if given], 2):
            raise InputError(f"{one} and {two} cannot go together", remedy="Give one of them")
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers cannot do it", remedy="Give 1 or more")
    if out == "":
        raise InputError("the name of the folder is empty", remedy="Give one, such as --out results/mine")


def check_first_run(definition: Sweep, first_run: int) -> None:
    """Raise InputError where a sweep cannot begin at another run than its first."""
    checked("first_run", first_run)
    if not first_run:
        return
    if not definition.common_random_numbers:
        raise InputError(
            "`first_run` is for sweeps whose points share their luck",
            remedy="Leave it out, or take `common_random_numbers: false` out of the sweep",
        )
    if definition.until is not None:
        raise InputError(
            "`first_run` cannot go with `until`, which decides by itself how many runs follow",
            remedy="Leave it out, or take `until` out of the sweep",
        )
    checked("first_run + runs", first_run + definition.runs)
