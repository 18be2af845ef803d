"""The C translation, compiled for one scenario's sizes and called through ctypes."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.pack import Packed
from limit.layout import header

HERE = Path(__file__).resolve().parent
MISSING = "There is no C compiler (cc, gcc or clang, or what CC names), so the C limit is left out."
# No contraction: a fused multiply-add rounds once where the rules round twice.
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-Wall", "-Wextra", "-shared", "-fPIC")

Array = npt.NDArray[np.float64]


class NoCompilerError(RuntimeError):
    """No C compiler was found."""


def compiler() -> str:
    """The C compiler to use.  Raises NoCompilerError."""
    for name in filter(None, (os.environ.get("CC"), "cc", "gcc", "clang")):
        if found := shutil.which(name):
            return found
    raise NoCompilerError(MISSING)


class CLoop:
    """The hand-written loop for scenarios of the sizes of `packed`.

    Raises NoCompilerError where there is none, RuntimeError where it refuses the text.
    """

    def __init__(self, packed: Packed, folder: Path) -> None:
        self.columns = len(COLUMNS) + packed.sizes.counters
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "layout.h").write_text(header(packed.sizes), encoding="utf-8")
        library = folder / "turn_loop.so"
        command = [compiler(), *FLAGS, f"-I{folder}", f"-I{HERE}", str(HERE / "turn_loop.c")]
        done = subprocess.run(
            [*command, "-o", str(library), "-lm"], check=False, capture_output=True, text=True
        )
        if done.returncode or done.stderr:
            raise RuntimeError(f"the C translation does not compile cleanly:\n{done.stderr}")
        self._call = ctypes.CDLL(str(library)).run_block
        whole, floats, ints = ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p
        self._call.argtypes = [floats, ints, whole, floats, whole, whole, floats, whole]
        self._call.restype = None

    def run(
        self, floats: Array, ints: npt.NDArray[np.int64], draws: Array, out: Array | None = None
    ) -> Array:
        """As `Engine.run`: results of every run at every point, run-major."""
        points, runs = floats.shape[0], draws.shape[0]
        for array in (floats, ints, draws):
            assert array.flags.c_contiguous
        if out is None:
            out = np.empty((points * runs, self.columns))
        self._call(
            floats.ctypes.data,
            ints.ctypes.data,
            points,
            draws.ctypes.data,
            runs,
            draws.shape[1],
            out.ctypes.data,
            self.columns,
        )
        return out
