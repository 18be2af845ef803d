"""The compiled host: the same rules, handed to numba, in one loop over runs and points.

How it works: every function of `rules` and `strategies` is registered with numba as it stands
(`register_jitable`), the choice of strategy becomes a generated chain of `if`s, and one kernel runs
through them.  State and terms come from outside as bare pointers into buffers, a run allocates
nothing and lets go of the GIL, so that threads share the work.

Compiling takes some ten seconds, once: the result is kept in a cache folder named after the rules' own
text, because numba's cache does not notice a change in another file.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, cast

import numpy as np
import numpy.typing as npt

import bargain_sim.rules
import bargain_sim.strategies
from bargain_sim.codes import RUNNING, SLOTS
from bargain_sim.draws import fill_draws
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.state import Floats, Ints, State, Terms
from bargain_sim.rules.summary import COLUMNS, summarise
from bargain_sim.rules.trust import trust
from bargain_sim.rules.turn import turn
from bargain_sim.scenario.pack import Layout, Packed, fields_of, layout_of, windows

__all__ = ["Engine", "draws_of", "is_compiled", "rules_version", "warm_up"]

# `_nrt` is numba's private switch for reference counting: off, an allocation inside a run is a compile
# error instead of a silent cost.  It stands here and nowhere else; without it all still works.
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "cache": True,
    "error_model": "numpy",
    "_nrt": False,
}
_PAD = 8  # float64s (64 bytes) around each thread's buffers, so that threads share no cache line


def run_block(
    terms_at: Any,
    state_at: Any,
    term_floats: Any,
    term_ints: Any,
    state_floats: Any,
    state_ints: Any,
    point_floats: Any,
    point_ints: Any,
    draws: Any,
    out: Any,
    columns: int,
) -> None:
    """Play every run of a block at every point; row `run*points + point` of `out` is its result.

    The first six are the places of the fields of Terms and State and the buffers they lie in;
    `draws` has one row a run.
    """
    terms = terms_in(terms_at, term_floats, term_ints)
    state = state_in(state_at, state_floats, state_ints)
    points = point_floats.shape[0]
    for p in range(points):
        for k in range(term_floats.shape[0]):
            term_floats[k] = point_floats[p, k]
        for k in range(term_ints.shape[0]):
            term_ints[k] = point_ints[p, k]
        prepare(terms, state)
        for r in range(draws.shape[0]):
            begin(terms, state)
            t = 0
            while state.outcome[0] == RUNNING:
                turn(terms, state, draws[r], t)
                t += 1
            summarise(terms, state, t, out, (r * points + p) * columns)


def run_on(
    terms_at: Any,
    state_at: Any,
    term_floats: Any,
    term_ints: Any,
    state_floats: Any,
    state_ints: Any,
    draws: Any,
    first: int,
    stop: int,
    trusts: Any,
) -> int:
    """Play turns first … stop-1 of one run (from its start if first is 0); returns the next turn.

    `trusts[turn, side]` takes the trust of both sides after each turn.
    """
    terms = terms_in(terms_at, term_floats, term_ints)
    state = state_in(state_at, state_floats, state_ints)
    if first == 0:
        prepare(terms, state)
        begin(terms, state)
    t = first
    while t < stop and state.outcome[0] == RUNNING:
        turn(terms, state, draws, t)
        for i in range(2):
            trusts[t, i] = trust(state, i)
        t += 1
    return t


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
    """A fingerprint of the text of all rules, strategies, codes and of this loop."""
    digest = hashlib.sha256()
    modules = [*sources(), sys.modules["bargain_sim.codes"], sys.modules[__name__]]
    for module in sorted(modules, key=lambda module: module.__name__):
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled code is kept for this version of the rules, numba, NumPy and Python."""
    import numba

    root = os.environ.get("BARGAIN_CACHE")
    base = Path(root) if root else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    name = f"{rules_version()}-{python}-numba{numba.__version__}-numpy{np.__version__}"
    folder = base / "bargain_sim" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:  # a home that cannot be written to: compile anew in each process
        return Path(tempfile.mkdtemp(prefix="bargain_sim-"))
    return folder


def glue_text() -> str:
    """Source of what is generated: the choice of strategy, and fields as pointers into buffers.

    A tuple of some 130 arrays, seven words each, makes numba compile four times as long as one of
    bare pointers.
    """
    names = list(bargain_sim.strategies.STRATEGIES)
    lines = [
        "from bargain_sim.engine import pointer",
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


@cache
def kernels() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`run_block` and `run_on`, compiled when they are first called, or taken from the cache."""
    import numba
    from numba.extending import overload, register_jitable

    folder = cache_folder()
    numba.config.CACHE_DIR = str(folder)
    glue = folder / "bargain_sim_glue.py"
    if not glue.exists() or glue.read_text(encoding="utf-8") != glue_text():
        temporary = glue.with_suffix(f".{os.getpid()}")
        temporary.write_text(glue_text(), encoding="utf-8")
        temporary.replace(glue)
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

    compile_ = numba.njit(**_OPTIONS)
    return (
        cast("Callable[..., Any]", compile_(run_block)),
        cast("Callable[..., Any]", compile_(run_on)),
    )


def is_compiled() -> bool:
    """Whether compiled code for these rules lies in the cache (so that loading takes under a second)."""
    return any(cache_folder().rglob("*run_block*.nbi"))


def warm_up(packed: Packed) -> None:
    """Compile the sweep's loop, or load it from the cache, by playing one run."""
    engine = Engine(packed)
    engine.run(packed.floats[None], packed.ints[None], draws_of(0, 0, 1, packed.sizes.turns))


class Engine:
    """The compiled rules with buffers for one thread.  Not to be shared between threads.

    `packed` fixes the sizes; the points handed to `run` may differ in everything but those.
    """

    def __init__(self, packed: Packed) -> None:
        self.sizes = packed.sizes
        self.columns = len(COLUMNS) + packed.sizes.counters
        state_layout = layout_of(State, packed.sizes)
        self._floats = _padded(packed.layout.n_floats, np.float64)
        self._ints = _padded(packed.layout.n_ints, np.int64)
        state_floats = _padded(state_layout.n_floats, np.float64)
        state_ints = _padded(state_layout.n_ints, np.int64)
        self.terms = windows(Terms, packed.layout, self._floats, self._ints)
        self.state = windows(State, state_layout, state_floats, state_ints)
        self._buffers = (
            _starts(packed.layout),
            _starts(state_layout),
            self._floats,
            self._ints,
            state_floats,
            state_ints,
        )
        self._trusts = np.empty((packed.sizes.turns, 2))
        self._run_block, self._run_on = kernels()

    def run(
        self,
        floats: npt.NDArray[np.float64],
        ints: npt.NDArray[np.int64],
        draws: npt.NDArray[np.float64],
        out: npt.NDArray[np.float64] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Results of every run at every point: shape (runs·points, columns), run-major.

        `floats` (points, n_floats) and `ints` (points, n_ints) are packed terms, `draws` has shape
        (runs, SLOTS·turns) or more turns.
        """
        if out is None:
            out = np.empty((floats.shape[0] * draws.shape[0], self.columns))
        self._run_block(*self._buffers, floats, ints, draws, out.reshape(-1), self.columns)
        return out

    def trust_paths(
        self, packed: Packed, draws: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Trust by turn: shape (runs, turns, 2), NaN once a run has ended."""
        self._floats[:], self._ints[:] = packed.floats, packed.ints
        paths = np.full((draws.shape[0], self.sizes.turns, 2), np.nan)
        for path, of_run in zip(paths, draws, strict=True):
            self._run_on(*self._buffers, of_run, 0, self.sizes.turns, path)
        return paths

    def begin(self, packed: Packed) -> None:
        """Start one run, to be followed turn by turn (for transcripts and tests)."""
        self._floats[:], self._ints[:] = packed.floats, packed.ints
        self._run_on(*self._buffers, np.empty(0), 0, 0, self._trusts)

    def step(self, draws: npt.NDArray[np.float64], t: int) -> tuple[Terms, State]:
        """Play turn t; terms and state after it, as plain lists."""
        self._run_on(*self._buffers, draws, t, t + 1, self._trusts)
        return self.snapshot()

    def snapshot(self) -> tuple[Terms, State]:
        """Terms and state as plain lists."""
        return (
            Terms(*(field.tolist() for field in self.terms)),  # type: ignore[attr-defined]
            State(*(field.tolist() for field in self.state)),  # type: ignore[attr-defined]
        )


def draws_of(seed: int, first: int, stop: int, turns: int) -> npt.NDArray[np.float64]:
    """Draws of runs first … stop-1: shape (runs, SLOTS·turns)."""
    draws = np.empty((stop - first, SLOTS * turns))
    for k in range(stop - first):
        fill_draws(seed, first + k, draws[k])
    return draws


def _starts(layout: Layout) -> npt.NDArray[np.int64]:
    return np.array([start for _, start, _ in layout.places.values()], dtype=np.int64)


def _padded(length: int, kind: Any) -> npt.NDArray[Any]:
    return np.zeros(length + 2 * _PAD, dtype=kind)[_PAD : _PAD + length]
