"""Factors that go together: checking the rank correlations that a file asks for, and bringing them about.

Values are drawn by a Gaussian copula.  A rank correlation s (Spearman's) of two normal numbers belongs
to the ordinary one 2·sin(πs/6); normal scores of the sample are given these correlations (as Iman &
Conover 1982 do, so that chance correlations of a small sample go too), and each factor's own sample is
then put into the order of its scores: its distribution stays what it was, to the last value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.reading import KeyPath
from bargain_sim.sweeps.definition import CorrelationMatrix, Part

__all__ = ["correlate", "correlation_faults", "rank_correlations"]

Floats = npt.NDArray[np.float64]
_LEAST_EIGENVALUE: Final = 1e-9


def rank_correlations(part: Part) -> tuple[list[str], Floats]:
    """Paths of the correlated factors, and the matrix of their rank correlations.

    Only for parts of which `correlation_faults` says nothing; two factors not mentioned together
    have 0.
    """
    asked = part.correlations
    if asked is None:
        return [], np.eye(0)
    by_name = _by_name(part)
    if isinstance(asked, CorrelationMatrix):
        return [by_name[name] for name in asked.factors], np.array(asked.matrix, dtype=np.float64)
    named = {by_name[name] for pair in asked for name in pair.between}
    paths = [path for path in part.factors if path in named]
    matrix = np.eye(len(paths))
    for pair in asked:
        i, j = (paths.index(by_name[name]) for name in pair.between)
        matrix[i, j] = matrix[j, i] = pair.rank
    return paths, matrix


def correlation_faults(part: Part) -> Iterator[tuple[KeyPath, str, str]]:
    """What is wrong with the correlations asked for: where under `correlations`, what, and the remedy."""
    asked, wrong = part.correlations, list(_name_faults(part))
    if isinstance(asked, CorrelationMatrix):
        wrong += _matrix_faults(asked)
    yield from wrong
    if asked is None or wrong:
        return
    paths, matrix = rank_correlations(part)
    if len(paths) < 2:
        yield (), "no two factors are correlated", "Name two or more, or take `correlations` out"
    elif not _possible(matrix):
        apart = matrix - np.eye(len(paths))
        share = next((s for s in np.arange(0.99, 0, -0.01) if _possible(np.eye(len(paths)) + s * apart)), 0.0)
        yield (
            ("matrix",) if isinstance(asked, CorrelationMatrix) else (),
            "the correlation matrix is not positive definite: no numbers can go together like this",
            f"Bring the correlations nearer to 0: {share:.2f} times as large they are possible",
        )


def correlate(sample: Floats, matrix: Floats) -> None:
    """Reorder the columns of `sample` (n, k), in place, so that their rank correlations are `matrix`.

    Every column keeps its values.
    """
    n, k = sample.shape
    scores = _normal_scores(sample)
    if n > 2 * k:
        # Take out the correlations that the sample has by chance.
        scores = np.linalg.solve(np.linalg.cholesky(np.corrcoef(scores, rowvar=False)), scores.T).T
    scores = scores @ np.linalg.cholesky(_pearson(matrix)).T
    for column in range(k):
        order = np.argsort(scores[:, column], kind="stable")
        sample[order, column] = np.sort(sample[:, column])


def _normal_scores(sample: Floats) -> Floats:
    from scipy.special import ndtri

    tiny = 2.0**-53
    scores = ndtri(np.clip(sample, tiny, 1 - tiny))
    centred: Floats = (scores - scores.mean(axis=0)) / np.maximum(scores.std(axis=0), tiny)
    return centred


def _pearson(matrix: Floats) -> Floats:
    """The correlations of normal numbers whose rank correlations are `matrix`."""
    pearson: Floats = 2 * np.sin(math.pi / 6 * matrix)
    np.fill_diagonal(pearson, 1.0)
    return pearson


def _possible(matrix: Floats) -> bool:
    return all(float(np.linalg.eigvalsh(each)[0]) > _LEAST_EIGENVALUE for each in (matrix, _pearson(matrix)))


def _by_name(part: Part) -> dict[str, str]:
    columns = part.columns()
    return {name: path for path, name in columns.items()} | {path: path for path in columns}


def _name_faults(part: Part) -> Iterator[tuple[KeyPath, str, str]]:
    by_name, asked = _by_name(part), part.correlations
    named: list[tuple[KeyPath, tuple[str, ...]]] = []
    if isinstance(asked, CorrelationMatrix):
        named.append((("factors",), asked.factors))
    elif asked is not None:
        named += [((k, "between"), pair.between) for k, pair in enumerate(asked)]
    pairs: set[frozenset[str]] = set()
    for place, names in named:
        for name in names:
            if name not in by_name:
                yield place, f"there is no factor `{name}`", nearest(name, part.columns().values())
            elif not part.factors[by_name[name]].numeric:
                yield place, f"the values of `{name}` are words, which have no order", "Take it out"
        found = [by_name.get(name, name) for name in names]
        if len(set(found)) < len(found):
            yield place, "a factor stands in it twice", "Name each once"
        elif not isinstance(asked, CorrelationMatrix):
            if frozenset(found) in pairs:
                yield place, "these two were correlated before", "Keep one of the two"
            pairs.add(frozenset(found))


def _matrix_faults(asked: CorrelationMatrix) -> Iterator[tuple[KeyPath, str, str]]:
    k = len(asked.factors)
    if len(asked.matrix) != k or any(len(row) != k for row in asked.matrix):
        yield (
            ("matrix",), f"{k} factors need {k} rows of {k} numbers",
            "Write a row a factor, each with as many numbers",
        )  # fmt: skip
        return
    matrix = np.array(asked.matrix)
    if not np.array_equal(np.diag(matrix), np.ones(k)):
        yield ("matrix",), "a factor is not wholly correlated with itself", "Write 1 on the diagonal"
    elif not np.array_equal(matrix, matrix.T):
        i, j = np.argwhere(matrix != matrix.T)[0]
        yield (
            ("matrix",), f"`{asked.factors[i]}` with `{asked.factors[j]}` is {matrix[i, j]:g} one way "
            f"and {matrix[j, i]:g} the other", "Write the same number twice",
        )  # fmt: skip
