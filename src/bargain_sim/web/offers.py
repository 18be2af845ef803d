"""The scenarios that a teacher may choose: those that are shipped, and files named when the server began.

A request names a scenario, never a path: nobody reads the server's files through a browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bargain_sim.errors import InputError
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.loader import find_scenario, load_scenario
from bargain_sim.shipped import shipped_folder

__all__ = ["Offers"]


class Offers:
    """Names of scenarios and the files they stand for."""

    def __init__(self, files: Iterable[str | Path] = ()) -> None:
        """`files` are paths or shipped names and come first.  Raises InputError where one is wrong."""
        self.paths: dict[str, Path] = {}
        for each in files:
            path = find_scenario(each)
            load_scenario(path)
            self.paths[path.stem] = path.resolve()
        for path in sorted(shipped_folder("scenarios").glob("*.yaml")):
            self.paths.setdefault(path.stem, path)
        self._told: list[dict[str, Any]] | None = None

    def source(self, name: str) -> Path:
        """The file of a name.  Raises InputError where it is none of these."""
        if name not in self.paths:
            raise InputError(
                f"there is no scenario `{name[:80]}` here", remedy=nearest(name[:80], self.paths)
            )
        return self.paths[name]

    def told(self) -> list[dict[str, Any]]:
        """What there is to choose from, in words; takes a second or two the first time."""
        if self._told is None:
            self._told = [_words(name, path) for name, path in self.paths.items()]
        return self._told


def _words(name: str, path: Path) -> dict[str, Any]:
    scenario = load_scenario(path)
    return {
        "name": name,
        "title": scenario.title,
        "question": scenario.question or "",
        "turns": int(scenario.turns),
        "sides": [{"side": side, "label": each.label} for side, each in scenario.sides.items()],
        "events": [{"event": event, "label": each.label} for event, each in scenario.events.items()],
    }
