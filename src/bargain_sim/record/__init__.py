"""The record as data: what the commentary says, each entry with its sentences.

>>> from bargain_sim.record import load_record, resolve
>>> load_record().event(10).people
52
>>> resolve("seeds/events/10")
'11 Sep 2025, Minsk: The largest release so far (52 people; delivered in full; public) [S24]'
"""

from bargain_sim.record.entries import (
    Condition,
    Demand,
    Distrust,
    Event,
    Institution,
    Interest,
    NotInSource,
    RedLine,
    Reference,
    ThirdParty,
    When,
    Work,
)
from bargain_sim.record.reading import Record, load_record
from bargain_sim.record.sources import resolve, resting_on

__all__ = [
    "Condition",
    "Demand",
    "Distrust",
    "Event",
    "Institution",
    "Interest",
    "NotInSource",
    "Record",
    "RedLine",
    "Reference",
    "ThirdParty",
    "When",
    "Work",
    "load_record",
    "resolve",
    "resting_on",
]
