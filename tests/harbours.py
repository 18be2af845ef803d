"""Two harbours whose runs draw their parameters from a file of eleven rows: what several tests stand on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["COLUMNS", "ROWS", "SMALL", "harbours", "over", "plan", "table"]

SMALL = (Path(__file__).parent / "good" / "small.yaml").as_posix()
COLUMNS = ("sides.both.initial_trust", "sides.lowport.lag", "events.storm.rate")
ROWS = [(round(0.2 + 0.05 * k, 2), 1 + k % 3, k / 100) for k in range(11)]
STORM = """
events:
  storm:
    label: A storm
    rate: {value: 0.05, source: assumption}
    evidence:
      highport: {value: 1, source: assumption}
    source: assumption
"""


def table(columns: Sequence[str], rows: Sequence[Sequence[float]]) -> str:
    return "\n".join([",".join(columns), *(",".join(f"{each:g}" for each in row) for row in rows)]) + "\n"


def harbours(tmp_path: Path) -> Path:
    """Fill a folder: `calm.yaml`, and `drawn.yaml` that extends it and draws from `mine.csv`."""
    (tmp_path / "mine.csv").write_text(table(COLUMNS, ROWS), encoding="utf-8")
    head = "format_version: 1\ntitle: Harbours\n"
    (tmp_path / "calm.yaml").write_text(f"{head}extends: {SMALL}\n{STORM}", encoding="utf-8")
    (tmp_path / "drawn.yaml").write_text(f"{head}extends: calm\nparameters: mine.csv\n", encoding="utf-8")
    return tmp_path


def over(folder: Path, text: str, below: str = "drawn") -> Path:
    """A file that extends another of the folder."""
    path = folder / "over.yaml"
    path.write_text(f"format_version: 1\ntitle: Over\nextends: {below}\n{text}", encoding="utf-8")
    return path


def plan(scenario: Path | str, **more: Any) -> dict[str, Any]:
    return {"format_version": 1, "name": "drawn", "title": "Drawn", "scenario": str(scenario),
            "design": "grid", "runs": 40, "seed": 5} | more  # fmt: skip
