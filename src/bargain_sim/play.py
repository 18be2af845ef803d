"""The plain host: the rules on lists, one negotiation at a time.  Slow, and easy to follow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bargain_sim.codes import DRAW_PARAMETERS, DRAW_STRATEGY, RUNNING, SLOTS
from bargain_sim.draws import draws_for
from bargain_sim.recorder import Recorder
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.state import Floats, State, Terms
from bargain_sim.rules.turn import turn
from bargain_sim.scenario.drawn import as_drawn
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import Packed, pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.transcript import Transcript

__all__ = ["Negotiation", "play_out", "simulate"]


class Negotiation:
    """One negotiation under way: `step()` plays a turn, `transcript()` tells what happened.

    `terms`, `state` and `draws` are what the rules see; `t` is the next turn to be played.  `scenario` is
    the one of this run: what runs draw from a file is as this one has drawn it.
    """

    def __init__(self, scenario: Scenario, seed: int = 0, run: int = 0) -> None:
        self.draws: list[float] = draws_for(seed, run, int(scenario.turns)).tolist()
        self.scenario = as_drawn(scenario, self.draws[DRAW_PARAMETERS])
        self.seed = seed
        self.run = run
        self.packed = pack(self.scenario)
        self.terms, self.state = self.packed.lists()
        self.recorder = Recorder(self.scenario, self.packed)
        self.t = 0
        prepare(self.terms, self.state)
        begin(self.terms, self.state)

    @property
    def running(self) -> bool:
        """Whether there is another turn to play."""
        return self.state.outcome[0] == RUNNING

    def step(self) -> None:
        """Play one turn and write it down; nothing once the negotiation has ended."""
        if not self.running:
            return
        self.recorder.before(self.state)
        turn(self.terms, self.state, self.draws, self.t)
        self.recorder.after(self.terms, self.state, self.t, self.draws[SLOTS * self.t + DRAW_STRATEGY])
        self.t += 1

    def transcript(self) -> Transcript:
        """What happened so far (the row of results says so only once it has ended)."""
        return self.recorder.transcript(self.terms, self.state, self.seed, self.run)


def simulate(
    scenario: Scenario | str | Path | Mapping[str, object], seed: int = 0, run: int = 0
) -> Transcript:
    """Play run `run` of `scenario` under `seed` to its end.

    The same (scenario, seed, run) gives the same negotiation in every host, bit for bit.  Raises
    InputError where the scenario, seed or run is not usable.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    negotiation = Negotiation(scenario, seed, run)
    while negotiation.running:
        negotiation.step()
    return negotiation.transcript()


def play_out(packed: Packed, draws: Floats) -> tuple[Terms, State, int]:
    """Play a packed scenario to its end without writing turns down; returns how many there were."""
    terms, state = packed.lists()
    prepare(terms, state)
    begin(terms, state)
    t = 0
    while state.outcome[0] == RUNNING:
        turn(terms, state, draws, t)
        t += 1
    return terms, state, t
