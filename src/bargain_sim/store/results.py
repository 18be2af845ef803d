"""Reading a stored sweep back, or holding one in memory: the same object either way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.manifest import MANIFEST, Manifest, read_manifest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Results", "load_results"]


class Results:
    """The results of a sweep: `frame` (one row a run), `points` (one row a point), `manifest`."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        folder: Path | None = None,
        table: pa.Table | None = None,
        points: pd.DataFrame | None = None,
    ) -> None:
        self.manifest = manifest
        self.folder = folder
        self._table = table
        self._points = points

    def __repr__(self) -> str:
        where = self.folder if self.folder is not None else "memory"
        return f"<Results of {self.manifest.name}: {self.manifest.rows:,} runs, in {where}>"

    @property
    def table(self) -> pa.Table:
        """All runs as one Arrow table (read from the part files each time, if stored)."""
        if self._table is not None:
            return self._table
        import pyarrow as pa

        from bargain_sim.store.table import read_part

        return pa.concat_tables([read_part(path) for path in self.parts], promote_options="permissive")

    def _stored(self, name: str) -> Path:
        path = (self.folder or Path()) / name
        if not path.exists():
            raise InputError(
                f"this sweep is not complete: {name} is missing", place=self.folder,
                remedy="Run `bargain sweep … --resume` to complete it",
            )  # fmt: skip
        return path

    @property
    def parts(self) -> list[Path]:
        """The part files, in order; empty in memory."""
        return sorted((self.folder / "runs").glob("part-*.parquet")) if self.folder else []

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a run, as a pandas DataFrame."""
        frame: pd.DataFrame = self.table.unify_dictionaries().to_pandas()
        return frame

    def head(self, rows: int) -> pd.DataFrame:
        """The first runs, about `rows` of them, as a frame like `frame`: a complete smaller sweep.

        Runs are stored run by run over all points, so the first ones cover every point alike.
        """
        import pyarrow as pa

        from bargain_sim.store.table import read_part

        tables: list[pa.Table] = [] if self.folder is not None else [self.table]
        for path in self.parts:
            if sum(table.num_rows for table in tables) >= rows:
                break
            tables.append(read_part(path))
        table = pa.concat_tables(tables, promote_options="permissive").unify_dictionaries()
        # Whole runs only, where there is more than one: all points, equally often.
        whole = max(rows // self.manifest.points, 1) * self.manifest.points
        frame: pd.DataFrame = table.slice(0, whole).to_pandas()
        return frame

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row a point: shares of the endings with intervals, mean payoffs (see analysis.points)."""
        import pandas as pd

        if self._points is not None:
            return self._points
        return pd.read_parquet(self._stored("points.parquet"))

    @cached_property
    def scenario(self) -> Scenario:
        """The base scenario of the sweep, before its factors were applied."""
        return load_scenario(self.manifest.scenario)

    @property
    def factors(self) -> Mapping[str, Literal["numeric", "categorical"]]:
        """Factor column → `numeric` or `categorical`, in the order of the sweep."""
        return {
            factor["name"]: "numeric" if factor["numeric"] else "categorical"
            for factor in self.manifest.factors
        }

    @property
    def factor_labels(self) -> Mapping[str, str]:
        """Factor column → its name, as people read it."""
        return {factor["name"]: factor["label"] for factor in self.manifest.factors}

    @property
    def sides(self) -> Mapping[str, str]:
        """Side id → its name, as people read it."""
        return {key: side.label for key, side in self.scenario.sides.items()}

    def scenario_at(self, point: int) -> Scenario:
        """The scenario of one point: the base with the point's factors and `--set` applied."""
        values: dict[str, Any] = {factor["path"]: factor["values"][point] for factor in self.manifest.factors}
        overrides = [(path, value) for path, value in self.manifest.overrides]
        variant = values.pop("extends", None)
        base = self.manifest.scenario if variant is None else self.manifest.variants[variant]
        return load_scenario(base, [*values.items(), *overrides])


def load_results(folder: str | Path) -> Results:
    """Open a results folder.  Raises InputError where it is none."""
    path = Path(folder)
    manifest = read_manifest(path) if path.is_dir() else None
    if manifest is None:
        raise InputError(
            f"`{folder}` is no results folder: it has no {MANIFEST}",
            remedy="Name the folder that `bargain sweep` printed, such as results/trust_reciprocity",
        )
    return Results(manifest, folder=path)
