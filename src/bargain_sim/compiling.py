"""Handing the rules to numba: registration, generated glue, and where compiled code is kept.

Every function of `rules` and `strategies` is registered as it stands (`register_jitable`); what is
generated is the choice of strategy, a chain of `if`s, and the construction of `Terms` and `State` from
bare pointers.  Compiled code lies in a cache folder named after the rules' own text, because numba's
cache does not notice a change in another file.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib
import importlib.util
import os
import pkgutil
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, cast

import numpy as np

import bargain_sim.rules
import bargain_sim.strategies
from bargain_sim.rules.state import State, Terms
from bargain_sim.scenario.pack import fields_of

__all__ = [
    "compiled",
    "is_compiled",
    "not_kept",
    "pointer",
    "results_version",
    "rules_version",
    "state_in",
    "terms_in",
]

# `_nrt` is numba's private switch for reference counting: off, an allocation inside a run is a compile
# error instead of a silent cost.  It stands here and nowhere else; without it all still works.
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "cache": True,
    "error_model": "numpy",
    "_nrt": False,
}
_PROBE = 1 << 18  # bytes, a quarter of what compiled code takes


def terms_in(places: Any, floats: Any, ints: Any) -> Terms:
    """Terms whose fields are bare pointers into two buffers; there in compiled code only."""
    raise TypeError("terms_in is for compiled code")


def state_in(places: Any, floats: Any, ints: Any) -> State:
    """State whose fields are bare pointers into two buffers; there in compiled code only."""
    raise TypeError("state_in is for compiled code")


@cache
def sources() -> tuple[ModuleType, ...]:
    """The modules that hold rules and strategies."""
    found: list[ModuleType] = []
    for package in (bargain_sim.rules, bargain_sim.strategies):
        for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            found.append(importlib.import_module(info.name))
    return tuple(found)


@cache
def rules_version() -> str:
    """A fingerprint of the text of everything that makes up a run: rules, strategies, codes, loop.

    It is the same on every system: neither line ends nor the separators of paths count.
    """
    package = Path(__file__).parent
    files = [package / name for name in ("codes.py", "draws.py", "engine.py")]
    files += [package / "scenario" / f"{name}.py" for name in ("drawn", "pack", "packed", "spots")]
    files += [Path(__file__), *package.glob("rules/*.py"), *package.glob("strategies/*.py")]
    return fingerprint({file.relative_to(package).as_posix(): file.read_bytes() for file in files})


@cache
def results_version() -> str:
    """A fingerprint of the rules and of all else that bears on what a sweep stores."""
    package = Path(__file__).parent
    parts = {
        "plans": ("adaptive", "plan"),
        "sweeps": ("job", "points", "runner"),
        "store": ("bins", "ranges", "sketch", "table", "tally"),
    }
    files = [package / room / f"{name}.py" for room, names in parts.items() for name in names]
    texts = {file.relative_to(package).as_posix(): file.read_bytes() for file in files}
    return fingerprint(texts | {"rules": rules_version().encode()})


def fingerprint(texts: Mapping[str, bytes]) -> str:
    """Sixteen hexadecimal digits for the contents of files, given by name; CRLF counts as LF."""
    digest = hashlib.sha256()
    for name in sorted(texts):
        text = texts[name].replace(b"\r\n", b"\n")
        # With names and lengths: a line that moves to another file is a change.
        digest.update(f"{name} {len(text)}\n".encode() + text)
    return digest.hexdigest()[:16]


def _wanted_folder() -> Path:
    """Where compiled code should be kept.  Raises RuntimeError where nobody's home is known."""
    import numba

    root = os.environ.get("BARGAIN_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(root) if root else Path.home() / ".cache"
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    # numba keeps what it compiles by the path of the source, so another checkout's code is of no use
    # here: each has a folder of its own, and what lies in it was compiled from these very files.
    here = hashlib.sha256(str(Path(__file__).parent).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    name = f"{rules_version()}-{python}-numba{numba.__version__}-numpy{np.__version__}-{here}"
    return base / "bargain_sim" / name


@cache
def _passing_folder() -> Path:
    """A folder for this process alone, removed when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="bargain_sim-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a forked worker leaves it to its parent
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def cache_folder() -> Path:
    """Where compiled code is kept for this version of the rules, numba, NumPy and Python.

    Where that cannot be written to, a folder that is removed when the process ends.
    """
    return _passing_folder() if not_kept() else _wanted_folder()


def not_kept() -> str:
    """Why compiled code cannot be kept for the next time, in words; empty where it can."""
    try:
        folder = _wanted_folder()
    except RuntimeError:
        return "Compiled code cannot be kept: no home folder is known. Name one in BARGAIN_CACHE."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE))  # a full disk still has room for a name
    except OSError as error:
        return (
            f"Compiled code cannot be kept in {folder.parent} ({error.strerror or error}), so it is made "
            "anew each time. Name a folder that can be written to in BARGAIN_CACHE."
        )
    return ""


def glue_text() -> str:
    """Source of what is generated: the choice of strategy, and fields as pointers into buffers.

    A tuple of some 130 arrays, seven words each, makes numba compile four times as long as one of
    bare pointers.
    """
    names = list(bargain_sim.strategies.STRATEGIES)
    lines = [
        "from bargain_sim.compiling import pointer",
        "from bargain_sim.rules.state import State, Terms",
        "from bargain_sim.strategies import STRATEGIES",
        "",
        *(f"step_{k} = STRATEGIES[{name!r}].step" for k, name in enumerate(names)),
        "",
        "",
        "def desired_step(number, see, own):",
        *(f"    if number == {k}:\n        return step_{k}(see, own)" for k in range(len(names))),
        "    return 0.0",
    ]
    for name, kind in (("terms_in", Terms), ("state_in", State)):
        lines += ["", "", f"def {name}(places, floats, ints):", f"    return {kind.__name__}("]
        for k, (is_float, _) in enumerate(fields_of(kind).values()):
            lines.append(f"        pointer({'floats' if is_float else 'ints'}, places[{k}]),")
        lines.append("    )")
    return "\n".join([*lines, ""])


def pointer(buffer: Any, place: int) -> Any:
    """The address of `buffer[place]`; there in compiled code only."""
    raise TypeError("pointer is for compiled code")


def _define_pointer() -> None:
    """Teach numba `pointer(buffer, place)`: where a field begins, without its length or owner."""
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic, overload

    @intrinsic
    def address(typing_context: Any, buffer: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            return cgutils.gep(builder, array.data, arguments[1])

        return types.CPointer(buffer.dtype)(buffer, types.intp), generate

    @overload(pointer, jit_options={"forceinline": True}, strict=False)
    def _pointer(buffer: Any, place: Any) -> Any:
        return lambda buffer, place: address(buffer, place)


def write_glue(glue: Path) -> None:
    """Put the generated text into the file `glue`, unless it is there already."""
    text = glue_text()
    if glue.exists() and glue.read_text(encoding="utf-8") == text:
        return
    temporary = glue.with_suffix(f".{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(glue)
    except PermissionError:
        # Windows, where another process has the file open, which it has only just written itself.
        if not glue.exists() or glue.read_text(encoding="utf-8") != text:
            raise
    finally:
        temporary.unlink(missing_ok=True)


@cache
def _register() -> None:
    """Tell numba about all rules, once in a process, before anything is compiled."""
    import numba
    from numba.extending import overload, register_jitable

    folder = cache_folder()
    numba.config.CACHE_DIR = str(folder)
    glue = folder / "bargain_sim_glue.py"
    write_glue(glue)
    spec = importlib.util.spec_from_file_location(glue.stem, glue)
    assert spec is not None and spec.loader is not None
    generated = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = generated  # numba looks it up by name when it loads from the cache
    spec.loader.exec_module(generated)

    for module in sources():
        for name, function in vars(module).items():
            own = isinstance(function, FunctionType) and function.__module__ == module.__name__
            if own and name != "explain":
                register_jitable(forceinline=True)(function)
    _define_pointer()

    @overload(bargain_sim.strategies.desired_step, jit_options={"forceinline": True}, strict=False)
    def _desired_step(number: Any, see: Any, own: Any) -> Any:
        return generated.desired_step

    @overload(terms_in, jit_options={"forceinline": True}, strict=False)
    def _terms_in(places: Any, floats: Any, ints: Any) -> Any:
        return generated.terms_in

    @overload(state_in, jit_options={"forceinline": True}, strict=False)
    def _state_in(places: Any, floats: Any, ints: Any) -> Any:
        return generated.state_in


class _Forgiving:
    """numba's cache of one function, which goes on where the disk is full."""

    def __init__(self, kept: Any) -> None:
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)

    def save_overload(self, signature: Any, data: Any) -> None:
        with suppress(OSError):
            self._kept.save_overload(signature, data)


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, compiled when it is first called, or taken from the cache folder."""
    import numba

    _register()
    dispatcher = numba.njit(**_OPTIONS)(function)
    # `_cache` is private, too; without it a disk that fills up in the middle ends the command.
    if hasattr(dispatcher, "_cache"):
        dispatcher._cache = _Forgiving(dispatcher._cache)
    return cast("Callable[..., Any]", dispatcher)


def is_compiled() -> bool:
    """Whether compiled code for these very files lies in the cache (then loading takes under a second)."""
    return any(cache_folder().rglob("*run_block*.nbi"))
