"""The doors of the package: everything that the command line, notebooks and scripts go through."""

from __future__ import annotations

from bargain_sim.analysis.driver_tables import driver_tables, write_driver_tables
from bargain_sim.analysis.drivers import Drivers, drivers
from bargain_sim.analysis.sensitivity import Sensitivity, sensitivity
from bargain_sim.analysis.solutions import Solutions, solutions, value_left
from bargain_sim.analysis.survival import Survival, survival
from bargain_sim.analysis.tipping import TippingPoint, tipping_point
from bargain_sim.calibration.comparing import Comparison, compare_models
from bargain_sim.calibration.fitting import Calibration, calibrate
from bargain_sim.calibration.leaving_out import LeftOut, leave_out
from bargain_sim.calibration.recovery import Recovery, recover
from bargain_sim.drawing import draw_drivers, draw_figures
from bargain_sim.futures.forecasting import forecast
from bargain_sim.futures.forking import fork
from bargain_sim.pages.explorable import explore
from bargain_sim.pages.report import report
from bargain_sim.play import simulate
from bargain_sim.routes.paths import Paths, paths
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.store.results import load_results
from bargain_sim.sweeping import name_of_sweep, sweep
from bargain_sim.table.cloud import cloud
from bargain_sim.table.debrief import debrief
from bargain_sim.table.game import Game
from bargain_sim.table.keeping import load_game, save_game
from bargain_sim.table.moves import Move
from bargain_sim.table.seats import Refusal

__all__ = [
    "Calibration",
    "Comparison",
    "Drivers",
    "Game",
    "LeftOut",
    "Move",
    "Paths",
    "Recovery",
    "Refusal",
    "Sensitivity",
    "Solutions",
    "Survival",
    "TippingPoint",
    "calibrate",
    "cloud",
    "compare_models",
    "debrief",
    "draw_drivers",
    "draw_figures",
    "driver_tables",
    "drivers",
    "explore",
    "forecast",
    "fork",
    "leave_out",
    "load_game",
    "load_results",
    "load_scenario",
    "name_of_sweep",
    "paths",
    "recover",
    "report",
    "save_game",
    "sensitivity",
    "simulate",
    "solutions",
    "survival",
    "sweep",
    "tipping_point",
    "value_left",
    "write_driver_tables",
]
