"""Scenario discovery by CART: a few questions about the factors that part the cases of interest from others.

Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees; for scenarios Lempert, Bryant &
Bankes (2008), Comparing algorithms for scenario discovery, RAND WR-557.  The trees are scikit-learn's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.cases import Dimension
from bargain_sim.analysis.cut import Cut, bounds_in_words, features
from bargain_sim.analysis.intervals import wilson
from bargain_sim.errors import InputError, install

__all__ = ["Tree", "grow_tree"]

_MOST_LEAVES: Final = 8
_LEAST_SHARE: Final = 0.03
_FOLDS: Final = 10

Meaning = tuple[Dimension, str | None]


@dataclass(frozen=True)
class Tree:
    """A tree of questions.

    `nodes` has one row a node, in order of depth first: `node`, `parent` (−1: none), `yes` and `no` (the
    nodes below, −1 for a leaf), `question`, `factor`, `rule` (the way there in words), `cases`, `hits`,
    `coverage`, `density` with Wilson's bounds, `mass`.  `skill` is by how much the tree foretells cases
    it was not grown from better than their share does (1 − the ratio of squared errors, by ten-fold
    cross-validation).
    """

    cut: Cut
    nodes: pd.DataFrame
    skill: float

    @property
    def leaves(self) -> pd.DataFrame:
        """The nodes without a question, densest first."""
        ends = self.nodes[self.nodes["yes"] < 0]
        return ends.sort_values(["density", "mass"], ascending=False, kind="stable").reset_index(drop=True)


def grow_tree(cut: Cut, most_leaves: int = _MOST_LEAVES) -> Tree:
    """The smallest tree that foretells new cases about as well as any of up to `most_leaves` leaves.

    "About as well": within one standard error of the best in ten-fold cross-validation (Breiman's
    rule).  A leaf holds at least 3 % of the cases.  Raises InputError where no question helps, or
    scikit-learn is missing.
    """
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError as error:
        raise InputError(
            "trees need scikit-learn, which is not installed",
            remedy=install("discovery"),
        ) from error
    frame, meaning = features(cut.cases)
    x, hit = frame.to_numpy(), cut.hit.astype(np.int64)

    def tree(leaves: int) -> Any:
        least = max(2, int(np.ceil(_LEAST_SHARE * len(hit))))
        return DecisionTreeClassifier(max_leaf_nodes=leaves, min_samples_leaf=least, random_state=0)

    errors = {leaves: _errors(tree(leaves), x, hit) for leaves in range(2, most_leaves + 1)}
    plain = _errors(None, x, hit)
    best = min(errors, key=lambda leaves: float(errors[leaves].mean()))
    slack = float(errors[best].std(ddof=1)) / float(np.sqrt(len(plain)))
    enough = [n for n in errors if errors[n].mean() <= errors[best].mean() + slack]
    if plain.mean() <= errors[best].mean() + slack:
        raise InputError(
            "no question about the factors foretells which cases are of interest",
            remedy="Make a sweep of more points, or vary other factors",
        )
    fitted = tree(min(enough)).fit(x, hit)
    skill = 1.0 - float(errors[min(enough)].mean() / plain.mean())
    return Tree(cut, _nodes(fitted.tree_, cut, x, meaning), skill)


def _errors(tree: Any, x: npt.NDArray[np.float64], hit: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Mean squared error of foretold chances in each fold; None foretells the share."""
    from sklearn.model_selection import KFold

    found = []
    folds = KFold(min(_FOLDS, len(hit)), shuffle=True, random_state=0)
    for train, test in folds.split(x):
        chance = np.full(len(test), hit[train].mean())
        if tree is not None and 0 < hit[train].sum() < len(train):
            chance = tree.fit(x[train], hit[train]).predict_proba(x[test])[:, 1]
        found.append(float(((chance - hit[test]) ** 2).mean()))
    return np.array(found)


def _nodes(tree: Any, cut: Cut, x: npt.NDArray[np.float64], meaning: list[Meaning]) -> pd.DataFrame:
    all_hits = int(cut.hit.sum())
    rows: list[dict[str, Any]] = []

    def visit(
        node: int, parent: int, here: npt.NDArray[np.bool_], steps: list[tuple[int, float, bool]]
    ) -> None:
        n, hits = int(here.sum()), int(cut.hit[here].sum())
        low, high = (float(bound) for bound in wilson(hits, n))
        leaf = int(tree.children_left[node]) < 0
        column, limit = int(tree.feature[node]), float(tree.threshold[node])
        rows.append({
            "node": node, "parent": parent, "yes": -1 if leaf else int(tree.children_right[node]),
            "no": -1 if leaf else int(tree.children_left[node]),
            "question": "" if leaf else _question(meaning[column], limit),
            "factor": "" if leaf else meaning[column][0].name,
            "rule": _rule(steps, meaning), "cases": n, "hits": hits, "coverage": hits / all_hits,
            "density": hits / n, "density_low": low, "density_high": high, "mass": n / len(here),
        })  # fmt: skip
        if leaf:
            return
        over = x[:, column] > limit
        visit(int(tree.children_right[node]), node, here & over, [*steps, (column, limit, True)])
        visit(int(tree.children_left[node]), node, here & ~over, [*steps, (column, limit, False)])

    visit(0, -1, np.ones(len(x), dtype=np.bool_), [])
    return pd.DataFrame(rows)


def _question(meaning: Meaning, limit: float) -> str:
    dimension, word = meaning
    if word is not None:
        return f"{dimension.label}: {word}?"
    return (
        f"{dimension.label}?"
        if dimension.kind == "yes_no"
        else f"{dimension.label} over {dimension.told(limit)}?"
    )


def _rule(steps: list[tuple[int, float, bool]], meaning: list[Meaning]) -> str:
    """The way to a node in words: one clause a factor, however often it was asked about."""
    clauses: list[str] = []
    for column in dict.fromkeys(column for column, _, _ in steps):
        dimension, word = meaning[column]
        lows = [limit for c, limit, over in steps if c == column and over]
        highs = [limit for c, limit, over in steps if c == column and not over]
        if word is not None:
            clauses.append(f"{dimension.label} is {'' if lows else 'not '}{word}")
        else:
            clauses.append(bounds_in_words(dimension, max(lows, default=None), min(highs, default=None)))
    return " and ".join(clauses) or "everywhere"
