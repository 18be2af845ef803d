"""What drives an outcome as tables: in files that any program reads, and as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from bargain_sim.analysis.boxes import Boxes
from bargain_sim.analysis.drivers import Drivers
from bargain_sim.store.atomic import make_folder, write_text

__all__ = ["driver_tables", "write_driver_tables"]


def driver_tables(found: Drivers) -> dict[str, pd.DataFrame]:
    """Name → table: the indices of each method (`sobol`, …), `pairs`, `ends`, `prim`, `prim_way`, `cart`."""
    tables: dict[str, pd.DataFrame] = {}
    for each in found.sensitivity:
        tables[each.method] = each.table
        if each.pairs is not None:
            tables["pairs"] = each.pairs
    if found.ends is not None:
        tables["ends"] = found.ends
    if found.boxes is not None:
        tables |= {"prim": _boxes(found.boxes), "prim_way": found.boxes.way}
    if found.tree is not None:
        tables["cart"] = found.tree.nodes
    return tables


def _boxes(boxes: Boxes) -> pd.DataFrame:
    """One row a box and restricted factor."""
    rows: list[dict[str, Any]] = []
    for number, box in enumerate(boxes.boxes, start=1):
        of_box = {
            "box": number, "rule": box.rule, "coverage": box.coverage, "density": box.density,
            "density_low": box.density_low, "density_high": box.density_high, "mass": box.mass,
            "cases": box.cases, "of_interest": box.hits,
        }  # fmt: skip
        for limit in box.limits.drop(columns="words").to_dict("records"):
            rows.append({**of_box, **{str(name): value for name, value in limit.items()}})
    return pd.DataFrame(rows)


def write_driver_tables(found: Drivers, out: Path) -> list[Path]:
    """Write every table as `<name>_<outcome>.csv` into the folder `out`; returns the files written.

    Raises InputError where the disk does not allow it.
    """
    make_folder(out)
    written = []
    for name, table in driver_tables(found).items():
        path = out / f"{name}_{found.outcome.name}.csv"
        write_text(path, table.to_csv(index=False, lineterminator="\n"))
        written.append(path)
    return written
