"""bargain_sim: sequential bargaining between two sides without an enforcer.

    from bargain_sim import simulate
    print(simulate("baseline", seed=0).ending)

Scenario exploration, not prediction.  Names are loaded when they are first used, so that importing
the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bargain_sim.version import __version__

if TYPE_CHECKING:
    from bargain_sim.api import calibrate as calibrate
    from bargain_sim.api import compare_models as compare_models
    from bargain_sim.api import drivers as drivers
    from bargain_sim.api import explore as explore
    from bargain_sim.api import forecast as forecast
    from bargain_sim.api import fork as fork
    from bargain_sim.api import leave_out as leave_out
    from bargain_sim.api import load_results as load_results
    from bargain_sim.api import paths as paths
    from bargain_sim.api import recover as recover
    from bargain_sim.api import report as report
    from bargain_sim.api import sensitivity as sensitivity
    from bargain_sim.api import solutions as solutions
    from bargain_sim.api import survival as survival
    from bargain_sim.api import sweep as sweep
    from bargain_sim.api import tipping_point as tipping_point
    from bargain_sim.api import value_left as value_left
    from bargain_sim.errors import BargainError as BargainError
    from bargain_sim.errors import InputError as InputError
    from bargain_sim.model import NegotiationModel as NegotiationModel
    from bargain_sim.play import simulate as simulate
    from bargain_sim.scenario.loader import load_scenario as load_scenario
    from bargain_sim.scenario.schema import Scenario as Scenario
    from bargain_sim.store.results import Results as Results
    from bargain_sim.table.debrief import debrief as debrief
    from bargain_sim.table.game import Game as Game
    from bargain_sim.table.seats import Refusal as Refusal
    from bargain_sim.transcript import Transcript as Transcript


_HOMES = {
    "load_scenario": "scenario.loader",
    "simulate": "play",
    "NegotiationModel": "model",
    "sweep": "api",
    "load_results": "api",
    "explore": "api",
    "forecast": "futures.forecasting",
    "fork": "futures.forking",
    "paths": "api",
    "report": "api",
    "drivers": "analysis.drivers",
    "sensitivity": "analysis.sensitivity",
    "calibrate": "calibration.fitting",
    "solutions": "analysis.solutions",
    "value_left": "analysis.solutions",
    "survival": "analysis.survival",
    "tipping_point": "analysis.tipping",
    "Game": "table.game",
    "debrief": "table.debrief",
    "Refusal": "table.seats",
    "compare_models": "calibration.comparing",
    "leave_out": "calibration.leaving_out",
    "recover": "calibration.recovery",
    "Scenario": "scenario.schema",
    "Transcript": "transcript",
    "Results": "store.results",
    "BargainError": "errors",
    "InputError": "errors",
}
__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
