"""The house stands: rooms in order, no cycles, small files, rules that anything can run."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "bargain_sim"

# From the ground up.  A room imports only from itself and from rooms before it; the package's own
# `__init__` (what `import bargain_sim` offers) is the roof.  A new room is entered here, once.
ROOMS = (
    "version",
    "errors",
    "codes",
    "showing",
    "shipped",
    "strategies",  # below the rules: these call the strategies, which know nothing of them
    "rules",
    "record",
    "scenario",
    "draws",
    "endings",
    "transcript",
    "recorder",
    "play",
    "narrate",
    "model",
    "compiling",
    "engine",
    "tracing",
    "plans",  # what runs a sweep and what stores it agree here
    "store",
    "sweeps",
    "analysis",
    "patterns",
    "futures",
    "routes",
    "calibration",
    "table",  # negotiations in which people sit
    "plots",
    "drawing",
    "sweeping",
    "pages",
    "interop",
    "lessons",  # what worksheets ask, and how they check it
    "api",
    "web",
    "cli",
    "__main__",
    "",
)

MAX_LINES = 400

# What a rule or a strategy may import besides its own room and the strategies: nothing that keeps it
# from being compiled, or from running in a browser.
PURE = {"__future__", "typing", "math"}
# A registry of strategies is no rule: it may use these to describe them.
DESCRIBING = PURE | {"dataclasses", "collections.abc"}


def name_of(path: Path) -> str:
    """`src/bargain_sim/rules/trust.py` → `bargain_sim.rules.trust`."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(name: str, tree: ast.AST, known: set[str], package: bool) -> Iterator[str]:
    """Every module that `tree` imports, anywhere: in functions and under TYPE_CHECKING too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = name.split(".")
                parents = parts[: len(parts) - node.level + (1 if package else 0)]
                base = ".".join([*parents, base] if base else parents)
            for alias in node.names:
                inside = f"{base}.{alias.name}"
                yield inside if inside in known else base
        elif isinstance(node, ast.Call) and node.args:
            function = node.func
            called = getattr(function, "attr", getattr(function, "id", ""))
            target = node.args[0]
            if (
                called in ("import_module", "__import__")
                and isinstance(target, ast.Constant)
                and isinstance(target.value, str)
            ):
                yield target.value


def graph() -> dict[str, set[str]]:
    """Module → the modules it imports, all of them."""
    known = set(SOURCES)
    return {
        name: set(imports_of(name, ast.parse(path.read_text("utf-8")), known, path.name == "__init__.py"))
        for name, path in SOURCES.items()
    }


GRAPH = graph()


def room_of(module: str) -> str:
    """`bargain_sim.rules.trust` → `rules`; the package itself is the room ``""``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def ours(module: str) -> bool:
    return module.split(".")[0] == "bargain_sim"


def tracked_files() -> list[Path]:
    """What git keeps or would keep; empty where there is no git."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    names = done.stdout.decode("utf-8").split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("module", SOURCES)
def test_imports_come_from_below(module: str) -> None:
    room = room_of(module)
    unknown = {room, *(room_of(m) for m in GRAPH[module] if ours(m))} - set(ROOMS)
    assert not unknown, f"enter {unknown} into ROOMS, at its height"
    wrong = [
        imported
        for imported in sorted(GRAPH[module])
        if ours(imported) and ROOMS.index(room_of(imported)) > ROOMS.index(room)
    ]
    assert not wrong, f"{module} imports from above: {wrong}"


def test_no_cycles() -> None:
    inside = {name: {m for m in imported if m in SOURCES} for name, imported in GRAPH.items()}
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        pytest.fail("modules import each other: " + " → ".join(error.args[1]))


def test_imports_name_modules_that_exist() -> None:
    missing = {
        (name, imported)
        for name, imports in GRAPH.items()
        for imported in imports
        if ours(imported) and imported not in SOURCES
    }
    assert not missing


@pytest.mark.parametrize("module", [m for m in SOURCES if room_of(m) in ("rules", "strategies")])
def test_rules_and_strategies_are_pure(module: str) -> None:
    room = room_of(module)
    own = {"codes", "strategies"} if room == "strategies" else {"codes", "strategies", "rules"}
    describing = module in ("bargain_sim.strategies", "bargain_sim.strategies.registry")
    allowed = DESCRIBING if describing else PURE
    wrong = {
        imported
        for imported in GRAPH[module]
        if (room_of(imported) not in own if ours(imported) else imported not in allowed)
    }
    assert not wrong


@pytest.mark.parametrize("module", [m for m in SOURCES if room_of(m) == "narrate"])
def test_telling_needs_no_terminal(module: str) -> None:
    assert not {m for m in GRAPH[module] if m.split(".")[0] in ("rich", "click", "matplotlib")}


def test_files_are_small() -> None:
    files = [f for f in tracked_files() if f.suffix == ".py"] or list(SOURCES.values())
    long = {
        str(file.relative_to(ROOT)): lines
        for file in files
        if (lines := len(file.read_text("utf-8").splitlines())) > MAX_LINES
    }
    assert not long, f"past {MAX_LINES} lines a file is two rooms: {long}"


def test_no_registry_is_named() -> None:
    # Written apart, or this file would name them.
    hosts = [
        host + tail
        for host, tail in (
            ("pypi", ".org"),
            ("python", "hosted.org"),
            ("npmjs", ".org"),
            ("npmjs", ".com"),
            ("debian", ".org"),
            ("anaconda", ".org"),
            ("crates", ".io"),
            ("extra-index", "-url"),
            ("trusted", "-host"),
        )
    ]
    found = []
    for file in tracked_files():
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        found += [f"{file.relative_to(ROOT)}: {host}" for host in hosts if host in text.lower()]
    assert not found


SAMPLE = """
from typing import TYPE_CHECKING
import math as m
from . import trust
from ..codes import ACTS
if TYPE_CHECKING:
    from bargain_sim.model import Side
def late():
    import bargain_sim.engine
    from bargain_sim import play
    import_module("bargain_sim.web")
"""


def test_no_import_escapes_the_reader() -> None:
    known = {"bargain_sim.rules.trust", "bargain_sim.play", "bargain_sim.codes"}
    assert set(imports_of("bargain_sim.rules.turn", ast.parse(SAMPLE), known, False)) == {
        "typing",
        "math",
        "bargain_sim.rules.trust",
        "bargain_sim.codes",
        "bargain_sim.model",
        "bargain_sim.engine",
        "bargain_sim.play",
        "bargain_sim.web",
    }
