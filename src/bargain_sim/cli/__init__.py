"""The command line: `bargain COMMAND …`.

How a command is added
----------------------
Put one file into `cli/commands/`; its name is the command's (`sweep.py` is `bargain sweep`, and
`fork_at.py` would be `bargain fork-at`).  It defines `command`, made with click:

    @click.command()
    @click.argument("file")
    @with_settings
    def command(settings: Settings, file: str) -> None:
        \"\"\"The line that `bargain --help` shows.\"\"\"
        from bargain_sim.sweeps import …      # everything heavy is imported in here

Nothing else lists the commands: they are found by their files, in the order of `group.ORDER`.

- At its top a command file imports click, the standard library, `bargain_sim.errors`,
  `bargain_sim.cli.*` and modules of plain numbers such as `calibration.sizes` only; `bargain --help`
  loads them all and must stay quick (a test looks at what is imported: no pydantic, no NumPy).
- `with_settings` (from `cli.settings`) adds `--quiet` and `--traceback`, and hands the command its
  `Settings`: ask `settings.plain` before writing colours or a progress bar, `settings.narrow` before
  writing a table (`cli.grid` asks both).  JSON is written as ASCII, for consoles of any encoding.
- Wrong input is raised as `InputError` with place and remedy, never printed by hand: `cli.faults`
  prints it, with every `.more`, and exits with 2.  `KeyboardInterrupt("how to resume")` exits with 130
  and shows its text.  Everything else that is raised exits with 1.  Results go to standard output,
  notices to standard error.
- A count or a share that is shown to people comes with "scenario exploration, not prediction"
  (`bargain_sim.narrate.CAVEAT`).
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from bargain_sim.cli.faults import exit_code_of
from bargain_sim.cli.group import bargain
from bargain_sim.cli.settings import Settings

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> int:
    """Run `bargain` with `args` (None: those of the process) and return its exit code.

    0 done; 1 an internal fault; 2 the input is wrong; 130 interrupted; 143 terminated.  Never raises.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks ŷ or → shows an escape instead of stopping the program.
            stream.reconfigure(errors="backslashreplace")
    settings = Settings()
    return exit_code_of(lambda: bargain.main(args, "bargain", standalone_mode=False, obj=settings), settings)
