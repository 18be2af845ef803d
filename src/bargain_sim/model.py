"""The Mesa host: the same negotiation as a `mesa.Model` with an agent for each side.

    model = NegotiationModel("baseline", seed=0, run=0)
    while model.running:
        model.step()
    model.datacollector.get_model_vars_dataframe()

Works by hand, in `mesa.batch_run` and in SolaraViz, on Mesa 3.3 and later 3.x.  The rules are those
of `bargain_sim.rules`, run on lists; Mesa's own random numbers are not used, so run k here is run k
everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mesa

from bargain_sim.codes import MODES, OUTCOMES, RUNNING
from bargain_sim.errors import InputError
from bargain_sim.play import Negotiation
from bargain_sim.rules.delivery import utility
from bargain_sim.rules.trust import trust
from bargain_sim.rules.turn import mover_of
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.transcript import Transcript

__all__ = ["NegotiationModel", "Side"]


class Side(mesa.Agent):
    """One side: reads its own standing from the negotiation, and moves when it is its turn."""

    def __init__(self, model: NegotiationModel, index: int, side_id: str) -> None:
        super().__init__(model)
        self.index = index
        self.side_id = side_id

    @property
    def label(self) -> str:
        """The side's name, as people read it."""
        return self.model.negotiation.scenario.sides[self.side_id].label

    @property
    def trust(self) -> float:
        """Chance it gives to the other delivering what it announces."""
        return trust(self.model.negotiation.state, self.index)

    @property
    def readiness(self) -> float:
        """Points it has saved up."""
        return self.model.negotiation.state.readiness[self.index]

    @property
    def given(self) -> float:
        """Points it has delivered."""
        return self.model.negotiation.state.given[self.index]

    @property
    def utility(self) -> float:
        """Its payoff so far, in points."""
        game = self.model.negotiation
        bargain = game.state.outcome[0] == OUTCOMES.index("grand_bargain")
        return utility(game.terms, game.state, self.index, bargain)

    def step(self) -> None:
        """Take the turn by the rules."""
        self.model.negotiation.step()


class NegotiationModel(mesa.Model):
    """One negotiation; `step()` is one turn and `running` turns False when it has ended.

    `scenario` is a Scenario, a path, or the name of a shipped one; `seed` and `run` are whole numbers
    from 0.  Raises InputError where they are not usable.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | Mapping[str, object] = "baseline",
        run: int = 0,
        **kwargs: Any,
    ) -> None:
        # Later Mesas fill in `seed=None` and `rng=None` themselves, so they arrive as keywords.
        seed = kwargs.pop("seed", None)
        rng = kwargs.pop("rng", None)
        if kwargs:
            raise InputError(
                f"NegotiationModel takes no `{next(iter(kwargs))}`",
                remedy="It takes scenario, seed and run; other values belong into the scenario",
            )
        chosen = seed if seed is not None else rng if rng is not None else 0
        super().__init__(**_mesa_seed(int(chosen)))
        if not isinstance(scenario, Scenario):
            scenario = load_scenario(scenario)
        self.negotiation = Negotiation(scenario, int(chosen), int(run))
        self.sides = [Side(self, k, side_id) for k, side_id in enumerate(scenario.side_ids)]
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "turn": lambda model: model.negotiation.t,
                "mode": lambda model: MODES[model.negotiation.state.mode[0]],
                "outcome": lambda model: model.outcome,
                **{f"trust_{side.side_id}": _reader(k, "trust") for k, side in enumerate(self.sides)},
                **{f"given_{side.side_id}": _reader(k, "given") for k, side in enumerate(self.sides)},
                **{f"utility_{side.side_id}": _reader(k, "utility") for k, side in enumerate(self.sides)},
            },
            agent_reporters={
                "side": "side_id",
                "trust": "trust",
                "readiness": "readiness",
                "given": "given",
                "utility": "utility",
            },
        )
        self.running = True

    @property
    def outcome(self) -> str:
        """How the run ended; empty while it goes on."""
        code = self.negotiation.state.outcome[0]
        return "" if code == RUNNING else OUTCOMES[code]

    @property
    def mover(self) -> Side:
        """The side whose turn is next."""
        return self.sides[mover_of(self.negotiation.terms, self.negotiation.t)]

    def step(self) -> None:
        """One turn: its mover steps, then data are collected.  A finished model stays as it is."""
        if self.negotiation.running:
            self.mover.step()
            self.running = self.negotiation.running
        # batch_run (Mesa 3.3) steps once more after the end and wants a row for every step.
        self.datacollector.collect(self)

    def transcript(self) -> Transcript:
        """What happened so far."""
        return self.negotiation.transcript()


def _reader(index: int, name: str) -> Any:
    def read(model: NegotiationModel) -> float:
        return float(getattr(model.sides[index], name))

    return read


def _mesa_seed(seed: int) -> dict[str, int]:
    """Mesa 3.5 wants `rng`, earlier ones `seed`; ours drives the rules, this one is for users' code."""
    version = tuple(int(part) for part in mesa.__version__.split(".")[:2])
    return {"rng": seed} if version >= (3, 5) else {"seed": seed}
