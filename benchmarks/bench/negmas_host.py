"""NegMAS on a domain of the same kind: binary issues, opposed linear payoffs, alternating offers.

Not the same model (NegMAS has neither trust nor partial delivery), so this says only what order of speed a
general negotiation library reaches.  104 turns are 52 NegMAS rounds, in which each side offers once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from bench.counts import Counts
from bench.harness import Piece, Played

ROUNDS = 52
MISSING = "NegMAS is not installed, so it is left out: pip install -c constraints.txt -e '.[benchmarks]'"


def negmas_pieces(counts: Counts) -> Iterator[Piece]:
    """Rates for 10 and 16 issues.  Raises ImportError where NegMAS is missing.

    24 issues, as many as the baseline has concessions, cannot be had: its negotiators list all
    outcomes, which are 17 million there.
    """
    if not counts.negmas:
        return
    import negmas

    del negmas
    yield _piece(10, counts.negmas)
    if counts.negmas_large:
        yield _piece(16, counts.negmas_large)


def _piece(issues: int, n: int) -> Piece:
    domain = _domain(issues)
    return Piece(
        f"negmas_{issues}",
        f"NegMAS, {issues} binary issues, {ROUNDS} rounds",
        lambda: [_play(domain) for _ in range(n)],
        lambda rounds: Played(len(rounds), 2 * sum(rounds)),
    )


def _domain(issues: int) -> Any:
    from negmas import make_issue, make_os
    from negmas.inout import Scenario
    from negmas.preferences import LinearAdditiveUtilityFunction

    space = make_os([make_issue(2, name=f"c{k}") for k in range(issues)])
    luck = random.Random(0)

    def payoff(side: int) -> Any:
        # Every second issue is this side's to give: it gains where the other concedes.
        raw = {f"c{k}": luck.uniform(1.0, 10.0) for k in range(issues)}
        total = sum(raw.values())
        gains = {f"c{k}": {0: float(k % 2 == side), 1: float(k % 2 != side)} for k in range(issues)}
        return LinearAdditiveUtilityFunction(
            values=gains,
            weights={name: weight / total for name, weight in raw.items()},
            outcome_space=space,
            reserved_value=0.1,
        )

    return Scenario(outcome_space=space, ufuns=(payoff(0), payoff(1)))


def _play(domain: Any) -> int:
    from negmas.sao import BoulwareTBNegotiator

    sides = [BoulwareTBNegotiator(name="a"), BoulwareTBNegotiator(name="b")]
    return int(domain.make_session(sides, n_steps=ROUNDS).run().step)
