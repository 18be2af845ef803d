"""The Mesa host: the same negotiation as a `mesa.Model` with an agent for each side.

    model = NegotiationModel("baseline", seed=0, run=0)
    while model.running:
        model.step()
    model.datacollector.get_model_vars_dataframe()

Works by hand, in `mesa.batch_run` and in SolaraViz, on Mesa 3.3 and later 3.x.  The rules are those
of `bargain_sim.rules`, run on lists, and their luck is that of (seed, run), so run k here is run k
everywhere.  For many runs, vary `run`: Mesa's `iterations` would play the same negotiation again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mesa

from bargain_sim.codes import MODES, OUTCOMES, RUNNING
from bargain_sim.draws import checked
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

    model: NegotiationModel

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
        """Take the turn by the rules, if it is this side's and the negotiation goes on."""
        if self.model.mover is self:
            self.model.negotiation.step()


class NegotiationModel(mesa.Model):
    """One negotiation; `step()` is one turn and `running` turns False when it has ended.

    `scenario` is a Scenario, a path, a mapping, or the name of a shipped one; `seed` (or `rng`, as
    later Mesas call it) and `run` are whole numbers from 0.  The data collector has one row a turn,
    as it stands after that turn.  Raises InputError where something is not usable.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | Mapping[str, object] = "baseline",
        *,
        run: int = 0,
        **kwargs: Any,
    ) -> None:
        # Mesa 3.5's batch_run overwrites a parameter named `seed` with None, unless it cannot see it.
        seed = _seed_in(kwargs)
        run = checked("run", _from_text(run))
        if kwargs:
            raise InputError(
                f"NegotiationModel takes no `{next(iter(kwargs))}`",
                remedy="It takes scenario, seed and run; other values belong into the scenario",
            )
        # Mesa's own random numbers are for users' additions; the rules do not touch them.
        super().__init__(rng=[seed, run])
        if not isinstance(scenario, Scenario):
            scenario = load_scenario(scenario)
        self.negotiation = Negotiation(scenario, seed, run)
        self.sides = [Side(self, k, side_id) for k, side_id in enumerate(scenario.side_ids)]
        self.datacollector = _Collector(
            model_reporters={
                **{name: name for name in ("turn", "mode", "outcome")},
                **{
                    f"{name}_{side.side_id}": _reader(k, name)
                    for name in ("trust", "given", "utility")
                    for k, side in enumerate(self.sides)
                },
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
    def scenario(self) -> Scenario:
        """Not here but in `model.negotiation.scenario`.

        Mesa 3.5 keeps parameters of its own kind under this name, and SolaraViz would hand them to
        the next model in the place of ours, did it find any.
        """
        raise AttributeError("a NegotiationModel has its scenario in model.negotiation.scenario")

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Let Mesa 3.5 set its own; it is not used."""

    @property
    def turn(self) -> int:
        """How many turns have been played."""
        return self.negotiation.t

    @property
    def mode(self) -> str:
        """What kind of dialogue is going on: talks, paused or bargain."""
        return MODES[self.negotiation.state.mode[0]]

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
        if not self.negotiation.running:
            return
        self.mover.step()
        self.running = self.negotiation.running
        self.datacollector.collect(self)

    def transcript(self) -> Transcript:
        """What happened so far."""
        return self.negotiation.transcript()


class _Collector(mesa.DataCollector):
    """Mesa's, filed where batch_run looks: before Mesa 3.5 it takes the last of n steps for n - 1.

    Without this, batch_run there reports agents (3.3) or everything (3.4) as of the turn before the
    last.  The frames by hand are the same either way.
    """

    def collect(self, model: NegotiationModel) -> None:
        super().collect(model)
        if _MESA < (3, 5):
            step = next(reversed(self._agent_records))
            self._agent_records[step - 1] = self._agent_records.pop(step)
            if hasattr(self, "_collection_steps"):
                self._collection_steps[-1] -= 1


_MESA = tuple(int(part) for part in mesa.__version__.split(".")[:2])


def _reader(index: int, name: str) -> Any:
    def read(model: NegotiationModel) -> float:
        return float(getattr(model.sides[index], name))

    return read


def _seed_in(kwargs: dict[str, Any]) -> int:
    """Take `seed` and `rng` out of `kwargs`; 0 where neither is given."""
    names = [name for name in ("seed", "rng") if kwargs.get(name) is not None]
    given = [_from_text(kwargs[name]) for name in names]
    kwargs.pop("seed", None)
    kwargs.pop("rng", None)
    if len(given) == 2 and given[0] != given[1]:
        raise InputError(f"seed {given[0]!r} and rng {given[1]!r} differ", remedy="Give one of them")
    return checked(names[0], given[0]) if given else 0


def _from_text(value: Any) -> Any:
    """A whole number typed into a text field, as SolaraViz hands it over; anything else as it is."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value
