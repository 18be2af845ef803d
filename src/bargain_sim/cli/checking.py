"""Running the checks of `bargain calibrate` that are asked for, and telling them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.progress import progress_bar
from bargain_sim.cli.settings import Settings

if TYPE_CHECKING:
    from bargain_sim.plots.sheet import Sheet

__all__ = ["Wanted", "run_checks"]


@dataclass(frozen=True)
class Wanted:
    """What was asked for; `recovery` is the number of synthetic records, None where it is not wanted.

    Without `draws` each check has its own number.
    """

    scenario: str
    draws: int | None
    seed: int
    given: tuple[str, ...]
    recovery: int | None
    nulls: bool
    left_out: bool
    tables: int


def run_checks(settings: Settings, wanted: Wanted, out: Path, figures: bool, as_json: bool) -> None:
    """Run each check in turn, show it, and write its files to `out` as soon as it is done."""
    from bargain_sim.api import compare_models, leave_out, recover
    from bargain_sim.calibration.writing_checks import check_as_dict, write_check
    from bargain_sim.cli.checks import show_comparison, show_left_out, show_recovery
    from bargain_sim.plots import null_models, recovered

    common: dict[str, Any] = {"seed": wanted.seed, "overrides": wanted.given}
    if wanted.draws is not None:
        common["draws"] = wanted.draws
    told, written = {}, []
    draws: dict[str, Callable[[str], Sheet]] = {}

    def done(name: str, found: Any, show: Callable[[Settings, Any], None]) -> None:
        told[name] = check_as_dict(found)
        written.extend(write_check(found, out))
        if not as_json:
            show(settings, found)

    compared, left = None, None
    if wanted.recovery is not None:
        with progress_bar(settings, "Recovery") as progress:
            again = recover(wanted.scenario, records=wanted.recovery, progress=progress, **common)
        done("recovery", again, show_recovery)
        draws["recovered"] = lambda size: recovered.draw(again, size=size)
    if wanted.nulls:
        with progress_bar(settings, "Null models") as progress:
            compared = compare_models(wanted.scenario, progress=progress, **common)
        done("null_models", compared, show_comparison)
    if wanted.left_out:
        with progress_bar(settings, "Left-out forecasts") as progress:
            left = leave_out(wanted.scenario, tables=wanted.tables, progress=progress, **common)
        done("left_out", left, show_left_out)
    if compared is not None or left is not None:
        draws["null_models"] = lambda size: null_models.draw(compared, left, size=size)
    if as_json:
        # ASCII, so that no encoding of the console can spoil it.
        click.echo(json.dumps(told, ensure_ascii=True, allow_nan=False))
    if figures:
        from bargain_sim.plots.book import write_figures
        from bargain_sim.plots.sheet import Origin

        write_figures(draws, out / "figures", ("png",), ("print", "projector"), None, Origin())
    settings.notice(f"{', '.join(written)}{' and figures' if figures else ''} in {out}")
