"""Reading a stored sweep back, or holding one in memory: the same object either way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.showing import block
from bargain_sim.showing import table as table_of
from bargain_sim.store.manifest import MANIFEST, Manifest, read_manifest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from bargain_sim.store.design import Design
    from bargain_sim.store.sketch import Summary

__all__ = ["Results", "load_results", "no_results"]


class Results:
    """The results of a sweep: `frame` (one row a run), `points` (one row a point), `manifest`."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        folder: Path | None = None,
        table: pa.Table | None = None,
        points: pd.DataFrame | None = None,
        design: Design | None = None,
        summary: Summary | None = None,
    ) -> None:
        self.manifest = manifest
        self.folder = folder
        self._design = design
        self._summary = summary
        self._table = table
        self._points = points

    def __repr__(self) -> str:
        where = self.folder if self.folder is not None else "memory"
        return f"<Results of {self.manifest.name}: {self.manifest.rows:,} runs, in {where}>"

    def _repr_html_(self) -> str:
        """How a notebook shows it: how often each ending came, and what was varied."""
        manifest = self.manifest
        where = f"in {self.folder}" if self.folder is not None else "in memory"
        factors = table_of(
            "What was varied",
            ["factor", "path in the scenario"],
            [(factor["label"], factor["path"]) for factor in manifest.factors],
        )
        runs = f" × {manifest.runs:,} runs" if manifest.regular else f", {manifest.rows:,} runs in all"
        lines = [f"{manifest.points:,} points{runs}, seed {manifest.seed}"]
        parts = [factors]
        if manifest.complete or self.folder is None:
            shares = {name: self.points[f"share_{name}"] for name in OUTCOMES}
            ordered = sorted(OUTCOMES, key=lambda name: -float(shares[name].mean()))
            rows = [
                (
                    OUTCOME_LABEL[name],
                    *(f"{100 * number:.1f}\u00a0%" for number in (each.mean(), each.min(), each.max())),
                )
                for name in ordered
                if (each := shares[name]).max() > 0
            ]
            heads = ["ending", "share", "least at a point", "most"]
            parts.insert(0, table_of("How the runs ended, over all points", heads, rows, {1, 2, 3}))
        else:
            lines.append("Not complete: give the sweep's command with --resume.")
        return block(manifest.title, lines, *parts, note=f"Sweep {manifest.name}, {where}.")

    @property
    def table(self) -> pa.Table:
        """All runs as one Arrow table (read from the part files each time, if stored).

        Raises InputError where only summaries were kept, or nothing is stored yet.
        """
        import pyarrow as pa

        return pa.concat_tables(list(self.tables()), promote_options="permissive")

    def tables(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """The runs, part by part, so that results of any size can be gone through; some columns or all.

        Raises InputError where only summaries were kept, or nothing is stored yet.
        """
        from bargain_sim.store.table import read_part

        if self.manifest.keep != "runs":
            raise InputError(
                "this sweep kept summaries only, not every run", place=self.folder,
                remedy="Run it again with `keep: runs`; what was kept stands in points.parquet and "
                "summary.parquet",
            )  # fmt: skip
        if self._table is not None:
            yield self._table if columns is None else self._table.select(columns)
            return
        for path in self._begun():
            yield read_part(path, columns)

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
        """The part files, in order; empty in memory.

        Raises InputError where one is missing, or is not what the manifest of a complete sweep knows.
        """
        from bargain_sim.store.parts import whole_parts

        return whole_parts(self.folder, self.manifest) if self.folder else []

    def _begun(self) -> list[Path]:
        """The part files.  Raises InputError where there is none yet."""
        parts = self.parts
        if not parts:
            raise InputError(
                "no run of this sweep is stored yet", place=self.folder,
                remedy="Give the sweep's command with --resume",
            )  # fmt: skip
        return parts

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a run, as a pandas DataFrame."""
        frame: pd.DataFrame = self.table.unify_dictionaries().to_pandas()
        return frame

    def head(self, rows: int, columns: list[str] | None = None) -> pd.DataFrame:
        """The first runs, about `rows` of them, as a frame like `frame`: a complete smaller sweep.

        Runs are stored run by run over all points, so the first ones cover every point alike; where
        `until` went on at some, no more are given than all points have (`manifest.even_rows`).  `columns`
        are those wanted, all if left out.  Raises InputError as `tables` does.
        """
        import pyarrow as pa

        rows = min(rows, self.manifest.even_rows)
        tables: list[pa.Table] = []
        for table in self.tables(columns):
            tables.append(table)
            if sum(each.num_rows for each in tables) >= rows:
                break
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
    def design(self) -> pd.DataFrame:
        """One row a point: `point` and its factors' values."""
        frame: pd.DataFrame = self.design_table.table.to_pandas()
        return frame

    @cached_property
    def design_table(self) -> Design:
        """The design as it is stored, an Arrow table with what is known of its factors."""
        from bargain_sim.store.design import Design

        if self._design is not None:
            return self._design
        return Design.read(self.folder or Path(), self.manifest.factors)

    @cached_property
    def summary(self) -> Summary:
        """Counts, sums and quantiles of every point, where the sweep kept summaries (`keep: summary`)."""
        from bargain_sim.store.folder import SUMMARY
        from bargain_sim.store.sketch import Summary

        if self._summary is not None:
            return self._summary
        if self.manifest.keep != "summary":
            raise InputError(
                "this sweep kept every run, not summaries", place=self.folder,
                remedy="Use `frame` or `points`, or run it again with `keep: summary`",
            )  # fmt: skip
        return Summary.from_parquet(self._stored(SUMMARY))

    def transcript(self, point: int, run: int, seed: int | None = None) -> dict[str, Any]:
        """A stored transcript (`transcripts` in the sweep file) as plain data; `run` as in `frame`.

        Where sweeps under several seeds were merged, `seed` says which one is meant; it may be left
        out where this run was stored under one only.  Raises InputError where it was not stored.
        """
        from bargain_sim.store.transcripts import read_transcript, transcript_path

        folder = self.folder or Path()
        seeds = sorted({block.seed for block in self.manifest.run_blocks})
        if seed not in (None, *seeds):
            raise InputError(
                f"nothing of this sweep was played under seed {seed}", place=folder,
                remedy=f"Choose among {', '.join(map(str, seeds))}",
            )  # fmt: skip
        # Only where there are several seeds does each have a folder of its own.
        flat = transcript_path(folder, point, run)
        apart = {each: flat.parent / f"seed-{each}" / flat.name for each in seeds if seed in (None, each)}
        under = [each for each, path in apart.items() if path.exists()]
        if len(under) > 1:
            raise InputError(
                f"the transcript of point {point}, run {run} was stored under the seeds "
                + ", ".join(map(str, under)), place=folder,
                remedy=f"Say which: transcript({point}, {run}, seed={under[0]})",
            )  # fmt: skip
        if under:
            data: dict[str, Any] = json.loads(apart[under[0]].read_text(encoding="utf-8"))
            return data
        return read_transcript(folder, point, run)

    @cached_property
    def scenario(self) -> Scenario:
        """The base scenario of the sweep, before its factors were applied."""
        return load_scenario(self.manifest.scenario)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The file that runs draw their parameters from: a row a draw, a column a path; see `parameters_row`.

        `frame.join(parameters, on="parameters_row")` has what each run drew beside how it ended.  Raises
        InputError where the sweep's scenario draws nothing.
        """
        import pandas as pd

        drawn = self.scenario.parameters
        if drawn is None:
            raise InputError(
                f"`{self.scenario.name}` draws no parameters", place=self.folder,
                remedy="Sweep a scenario that does, such as `baseline_uncertain`",
            )  # fmt: skip
        return pd.DataFrame(drawn.table.values, columns=list(drawn.table.columns))

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
        from bargain_sim.store.design import values_at

        if not 0 <= point < self.manifest.points:
            raise InputError(
                f"there is no point {point}", remedy=f"Choose among 0 … {self.manifest.points - 1}"
            )
        factors = self.manifest.factors
        if self.folder is not None and self._design is None:
            values = values_at(self.folder, factors, point)
        else:
            values = self.design_table.at(point)
        overrides = [(path, value) for path, value in self.manifest.overrides]
        variant = values.pop("extends", None)
        base = self.manifest.scenario if variant is None else self.manifest.variants[variant]
        return load_scenario(base, [*values.items(), *overrides])


def no_results(folder: str | Path) -> InputError:
    """What is said where there is no manifest."""
    return InputError(
        f"`{folder}` is no results folder: it has no {MANIFEST}",
        remedy="Name the folder that `bargain sweep` printed, such as results/trust_reciprocity",
    )


def load_results(folder: str | Path) -> Results:
    """Open a results folder.  Raises InputError where it is none."""
    path = Path(folder)
    manifest = read_manifest(path) if path.is_dir() else None
    if manifest is None:
        raise no_results(folder)
    return Results(manifest, folder=path)
