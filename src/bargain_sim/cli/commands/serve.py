"""`bargain serve`: the classroom, and the explorer, in a browser."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from bargain_sim.cli.settings import Settings, with_settings
from bargain_sim.errors import InputError, install


@click.command(short_help="The classroom in a browser: rooms, teacher's desk, explorer.")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="Where to listen. 0.0.0.0 lets everyone in your network in; the default lets in this computer only.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, metavar="N",
    help="0 takes a free one.",
)  # fmt: skip
@click.option(
    "--data", "path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Where rooms, names and moves are kept; a file in your own folder for data, if left out.",
)  # fmt: skip
@click.option("--forget", is_flag=True, help="Delete that file with everything in it, and end.")
@with_settings
def command(
    settings: Settings, scenarios: tuple[str, ...], host: str, port: int, path: Path | None, forget: bool
) -> None:
    """The classroom in a browser: students join a room by its code and play in pairs, a teacher steers.

    SCENARIO are files that the teacher may choose beside the shipped scenarios.  What is printed says where
    students find it, and the key that opens the teacher's desk.
    """
    from bargain_sim.web.serving import default_file, serve

    kept = path or default_file()
    if forget:
        from bargain_sim.web.store import forget_file

        gone = forget_file(kept)
        click.echo(f"Deleted: {', '.join(map(str, gone))}" if gone else f"There is nothing at {kept}")
        return
    missing = [name for name in ("segno", "starlette", "uvicorn", "websockets") if find_spec(name) is None]
    if missing:
        raise InputError(
            f"the classroom needs {' and '.join(missing)}, not installed here",
            remedy=install("web"),
        )
    serve(kept, host=host, port=port, scenarios=scenarios, say=click.echo, plain=settings.plain)
