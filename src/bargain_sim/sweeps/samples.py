"""Samples of the unit cube, one row a point, one column a factor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bargain_sim.errors import InputError, install
from bargain_sim.sweeps.correlations import correlate, rank_correlations
from bargain_sim.sweeps.definition import LEVELS, Part

__all__ = ["sample"]

Floats = npt.NDArray[np.float64]


def sample(part: Part, seed: int, number: int = 0) -> Floats:
    """The sample of a `latin_hypercube`, `sobol`, `morris` or `saltelli`: shape (points, factors).

    `seed` is the sweep's, `number` that of the part in a union: each part has a stream of its own.
    Morris and Saltelli samples are SALib's, in SALib's order, which its analyses rely on.  Raises
    InputError where SALib is missing.
    """
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number,))))
    n, k = part.samples or 0, len(part.factors)
    if part.design in ("morris", "saltelli"):
        return _by_salib(part, n, random)
    from scipy.stats import qmc

    engine = qmc.LatinHypercube if part.design == "latin_hypercube" else qmc.Sobol
    points: Floats = engine(k, rng=random).random(n)
    paths, matrix = rank_correlations(part)
    if paths:
        which = [list(part.factors).index(path) for path in paths]
        together = points[:, which]
        correlate(together, matrix)
        points[:, which] = together
    return points


def _by_salib(part: Part, n: int, random: np.random.Generator) -> Floats:
    try:
        from SALib.sample import morris, sobol
    except ImportError as error:
        raise InputError(
            f"`design: {part.design}` needs SALib, which is not installed",
            remedy=install("analysis"),
        ) from error
    names = list(part.columns().values())
    cube = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    points: Floats
    if part.design == "morris":
        points = morris.sample(cube, n, num_levels=part.levels or LEVELS, seed=random)
    else:
        points = sobol.sample(cube, n, calc_second_order=part.second_order is not False, seed=random)
    return points
