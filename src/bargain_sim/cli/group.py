"""The group of commands, found by their files and loaded when they are asked for."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

import click

from bargain_sim.cli import commands
from bargain_sim.cli.faults import telling_when_the_reader_is_gone
from bargain_sim.cli.settings import settings_options
from bargain_sim.version import __version__

__all__ = ["ORDER", "bargain"]

# In `--help` these come first, in this order; others follow by name.
ORDER: Final = (
    "run",
    "play",
    "serve",
    "sweep",
    "plot",
    "explore",
    "report",
    "forecast",
    "fork",
    "calibrate",
    "results",
    "paths",
    "drivers",
    "solutions",
    "validate",
    "sources",
    "schema",
    "new",
)


class _Commands(click.Group):
    """Commands are the modules of `cli.commands`; one is imported when it is named."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with telling_when_the_reader_is_gone():  # --help and --version print in here
            return super().make_context(*args, **kwargs)

    def invoke(self, context: click.Context) -> Any:
        with telling_when_the_reader_is_gone():
            return super().invoke(context)

    def list_commands(self, context: click.Context) -> list[str]:
        names = [module.name.replace("_", "-") for module in iter_modules(commands.__path__)]
        return sorted(names, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        module = import_module(f"{commands.__name__}.{name.replace('-', '_')}")
        command: click.Command = module.command
        command.name = name
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.list_commands(context):
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(context), n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else "`bargain --help` lists them."
            raise click.UsageError(f"There is no command `{name}`. {remedy}", context)
        return super().resolve_command(context, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@settings_options
@click.version_option(__version__, message="bargain-sim %(version)s")
def bargain() -> None:
    """Sequential concessions without an enforcer: trust, reciprocity and a grand bargain.

    Scenario exploration, not prediction.

    \b
    Start with:  bargain run baseline
    Then:        bargain run baseline --why
                 bargain new my_scenario
    """
