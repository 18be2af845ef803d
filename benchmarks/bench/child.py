"""What is measured in a process of its own: `python -m bench.child KIND N` prints one JSON object.

Kinds: `compile` (seconds to have the rules ready), `sweep_memory`, `sweep_stored` (runs a point),
`mesa` (negotiations), each with the peak memory of the process.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path


def peak_mib() -> float | None:
    """Peak resident memory of this process in MiB; None where the system does not tell."""
    try:
        # On Linux getrusage hands the peak of the parent on to its children; this is our own.
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def main(kind: str, n: int) -> None:
    """Do one thing, once."""
    from bench import design

    if kind == "compile":
        from bargain_sim.engine import warm_up

        design.group()
        began = time.perf_counter()
        warm_up(design.group().packed)
    elif kind.startswith("sweep"):
        from bargain_sim.api import sweep

        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "results" if kind == "sweep_stored" else None
            began = time.perf_counter()
            sweep(design.definition(n), workers=2, out=folder)
    else:
        from dataclasses import replace

        from bench.counts import TINY
        from bench.hosts import mesa_pieces

        (piece,) = mesa_pieces(replace(TINY, slow=n))
        began = time.perf_counter()
        piece.run()
    print(json.dumps({"seconds": time.perf_counter() - began, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
