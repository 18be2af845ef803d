"""`bargain results`: stored sweeps listed, verified, compared and merged."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.options import FOLDER
from bargain_sim.cli.settings import Settings, with_settings
from bargain_sim.errors import InputError

if TYPE_CHECKING:
    from bargain_sim.store.listing import Listing

_FEWEST = {"compare": 2, "merge": 2}


@click.command()
@click.argument("folders", metavar="[DIR]…", nargs=-1, type=FOLDER)
@click.option("--verify", is_flag=True, help="Read every file: nothing missing, torn, changed or misplaced.")
@click.option("--compare", is_flag=True, help="What differs between two sweeps, and between their results.")
@click.option("--merge", is_flag=True, help="Make one folder, --out, from several runs of one sweep.")
@click.option("--out", type=FOLDER, metavar="FOLDER", help="Where merged results go.")
@click.option("--overwrite", is_flag=True, help="Replace the results that lie in the --out folder.")
@with_settings
def command(
    settings: Settings,
    folders: tuple[Path, ...],
    verify: bool,
    compare: bool,
    merge: bool,
    out: Path | None,
    overwrite: bool,
) -> None:
    """Stored sweeps: list, verify, compare, merge.

    DIR is a results folder, or a folder that holds some; results/, if left out.
    """
    chosen = [name for name, given in (("verify", verify), ("compare", compare), ("merge", merge)) if given]
    if len(chosen) > 1:
        raise InputError(f"--{chosen[0]} and --{chosen[1]} cannot go together", remedy="Give one of them")
    what = chosen[0] if chosen else "list"
    if out is not None and what != "merge":
        raise InputError("--out says where merged results go", remedy="Give --merge with it, or leave it out")
    if what == "compare" and len(folders) != 2:
        raise InputError(
            f"two folders are compared, and {len(folders)} given",
            remedy="Write `bargain results --compare FIRST SECOND`",
        )
    if what == "merge":
        _merge(folders, out, overwrite)
    elif what == "compare":
        _compare(folders[0], folders[1])
    else:
        from bargain_sim.store.listing import find_folders

        found = find_folders(list(folders) or [Path("results")])
        if what == "verify":
            _verify(found)
        else:
            _list(found)


def _list(folders: list[Path]) -> None:
    from bargain_sim.narrate import CAVEAT
    from bargain_sim.store.listing import list_folder

    for folder in folders:
        try:
            listing = list_folder(folder)
        except InputError as error:
            click.echo(f"{folder}\n  {error.text()}")
            continue
        for line in _lines(listing):
            click.echo(line)
    click.echo(CAVEAT)


def _lines(listing: Listing) -> list[str]:
    from bargain_sim.codes import OUTCOME_LABEL

    manifest = listing.manifest
    asked = manifest.points * manifest.runs
    state = "complete" if manifest.complete else f"not complete: {listing.stored:,} runs are stored"
    kept = "" if manifest.keep == "runs" else ", kept as summaries"
    seen = sorted(listing.shares.items(), key=lambda pair: -pair[1])
    endings = ", ".join(f"{OUTCOME_LABEL[name].lower()} {100 * share:.1f} %" for name, share in seen if share)
    total = f"{manifest.points:,} points × {manifest.runs:,} runs = {asked:,}"
    if not manifest.regular:
        total = f"{manifest.points:,} points, {listing.stored:,} runs in all"
    return [
        f"{listing.folder}",
        f"  {manifest.name}: {manifest.title}",
        f"  {total}{kept}, {state}",
        f"  endings: {endings or 'none yet'}",
        f"  {_size(listing.size)}, begun {listing.when or 'at an unknown time'}",
        f"  {'to make it again' if manifest.complete else 'to go on'}: {listing.command}",
    ]


def _verify(folders: list[Path]) -> None:
    from bargain_sim.store.verify import verify

    wrong: list[InputError] = []
    for folder in folders:
        found = verify(folder)
        if not found:
            click.echo(f"{folder}: nothing is missing, torn, changed or misplaced")
        wrong += found
    if wrong:
        first, *others = wrong
        raise InputError(first.problem, remedy=first.remedy, place=first.place, more=tuple(others))


def _compare(first: Path, second: Path) -> None:
    from bargain_sim.analysis.paired import paired_differences, paired_runs, why_not_paired
    from bargain_sim.codes import OUTCOME_LABEL
    from bargain_sim.narrate import CAVEAT
    from bargain_sim.store.compare import definition_differences, same_contents
    from bargain_sim.store.results import load_results

    a, b = load_results(first), load_results(second)
    for folder, results in ((first, a), (second, b)):
        if not results.manifest.complete:
            raise InputError(
                "this sweep is not complete", place=folder, remedy="Go on with it by --resume, then compare"
            )
    lines = definition_differences(a.manifest, b.manifest)
    click.echo("The definitions are the same." if not lines else "The definitions differ in")
    for line in lines:
        click.echo(f"  {line}")
    if same_contents(a, b):
        click.echo("The results are the same, row by row.")
        return
    click.echo("The results are not the same.")
    table = paired_differences(a, b)
    if table.empty:
        click.echo("No point of the one is a point of the other: their endings are not compared.")
        return
    runs = paired_runs(a, b)
    interval = "95 % interval" if table["low"].notna().any() else "no interval"
    how = f"paired by run over {len(runs):,} runs" if runs else f"not paired: {why_not_paired(a, b)}"
    click.echo(f"Endings where points match ({how}; {interval}):")
    for row in table.to_dict("records"):
        if row["share_a"] or row["share_b"]:
            click.echo(f"  {OUTCOME_LABEL[row['outcome']]}: {_difference(row)}")
    click.echo(CAVEAT)


def _difference(row: dict[Hashable, Any]) -> str:
    shares = f"{100 * row['share_a']:.2f} % and {100 * row['share_b']:.2f} %"
    known = row["low"] == row["low"]  # not so where only summaries were kept
    interval = f" ({100 * row['low']:+.2f} to {100 * row['high']:+.2f})" if known else ""
    most = f"most at point {row['point_a']}: {100 * row['largest']:+.2f}"
    return f"{shares}, {100 * row['difference']:+.2f} percentage points{interval}; {most}"


def _merge(folders: tuple[Path, ...], out: Path | None, overwrite: bool) -> None:
    from bargain_sim.analysis.points import points_of
    from bargain_sim.store.merge import merge

    if len(folders) < 2 or out is None:
        raise InputError(
            "merging needs two folders or more, and one for the result",
            remedy="Write `bargain results --merge FIRST SECOND --out FOLDER`",
        )
    results = merge(list(folders), out, points_of, overwrite=overwrite)
    manifest = results.manifest
    click.echo(f"{manifest.points:,} points × {manifest.runs:,} runs = {manifest.rows:,} runs in {out}")


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} bytes"
    scaled = float(size)
    for unit in ("KB", "MB", "GB"):
        scaled /= 1024
        if scaled < 1024:
            return f"{scaled:.1f} {unit}"
    return f"{scaled / 1024:.1f} TB"
