"""What the explorable holds: the runs as numbers, the settings, the negotiations, the words around them.

The page holds runs of the sweep and does its sums itself.  Where every combination of settings was
run, shares are those of the runs with just these settings; elsewhere runs are weighted by how near
their settings are, with a product of Epanechnikov kernels (Nadaraya 1964, Watson 1964), narrower on the
settings that decide more; intervals allow for what this smoothing hides.
"""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from bargain_sim.analysis.intervals import fewness
from bargain_sim.codes import OUTCOME_TEXT, OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.pages.house import fill_of
from bargain_sim.pages.kept import Kept, kept_of
from bargain_sim.pages.negotiations import Samples, spread
from bargain_sim.pages.repeated import repeated_values
from bargain_sim.pages.settings import MOST_SETTINGS, Setting, choose, exact, settings_of, words_of
from bargain_sim.pages.writing import page_from
from bargain_sim.plots.style import OUTCOME_STYLE, STACK
from bargain_sim.plots.words import amount, plural
from bargain_sim.store.remedies import command_for
from bargain_sim.store.results import Results

__all__ = ["REACH", "SCRIPTS", "explore_page"]

REACH: Final = 0.75
"""Half-width of the kernel on each setting, as a share of its range: REACH · n^(−1/(d + 4)) for n points
and d settings in play, the geometric mean of all (see `settings.windows`).  The rate is that of Scott (1992);
the factor gives about 180 runs' worth in the middle of 16,384 points over six settings."""

SCRIPTS: Final = (
    "explore/data.js", "charts/svg.js", "charts/words.js", "explore/weigh.js", "explore/lean.js",
    "explore/words.js", "charts/shares.js", "charts/deal.js", "charts/plane.js", "explore/cloud.js",
    "charts/told.js", "explore/story.js", "explore/controls.js", "explore/page.js",
)  # fmt: skip
_TOP: Final = 65_535


def explore_page(
    results: Results, *, factors: Sequence[str] | None, negotiations: int, asked: Sequence[str]
) -> str:
    """The HTML of the page; `asked` are the arguments that made it, for its foot.  Raises InputError."""
    if negotiations < 1:
        raise InputError("a page needs one sample negotiation at least", remedy="Ask for 1 or more")
    kept = kept_of(results)
    names = choose(results, kept, factors)
    settings = settings_of(results, kept, names)
    data = _data(results, kept, settings, negotiations)
    manifest = results.manifest
    folder = results.folder
    made = manifest.command if folder is None else command_for(manifest, folder)
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return page_from(
        "explore.html",
        title=manifest.title,
        styles=("explore.css",),
        scripts=SCRIPTS,
        command=f"{made}\n{shlex.join(['bargain', 'explore', str(folder or 'DIR'), *asked])}",
        origin=_origin(results, kept),
        context={
            "question": manifest.sweep.get("question", ""),
            "lede": _lede(results, kept),
            "notes": _notes(results, kept, names, chosen=factors is None),
            "settings": settings,
            "endings": [_ending(name) for name in STACK],
            "exact": data["exact"],
            "smooth": not data["exact"] and any(setting.kind != "choice" for setting in settings),
            "shared_luck": kept.shared_luck,
            "samples": len(data["samples"]["list"]),
            # What would end the element is written as an escape of JSON.
            "data": Markup(text.replace("<", "\\u003c")),
        },
    )


def _data(results: Results, kept: Kept, settings: Sequence[Setting], negotiations: int) -> dict[str, Any]:
    scenario = results.scenario
    places = [setting.places(kept.values[setting.name]) for setting in settings]
    unit = np.stack(
        [at / max(len(s.levels or s.words) - 1, 1) if s.kind != "number" else at
         for at, s in zip(places, settings, strict=True)], axis=1,
    )  # fmt: skip
    low, high = float(kept.utility.min()), float(kept.utility.max())
    span = high - low or 1.0
    order = np.array([STACK.index(name) for name in OUTCOMES])
    return {
        "settings": [_slider(setting) for setting in settings],
        "exact": exact(results, settings, kept),
        "reach": REACH,
        "points": kept.points,
        "runs": kept.runs,
        "sharedLuck": kept.shared_luck,
        "fewness": fewness(kept.runs) if kept.shared_luck and kept.runs > 1 else 1.0,
        "at": [_packed(at * _TOP if s.kind == "number" else at, "<u2")
               for at, s in zip(places, settings, strict=True)],
        "outcome": _packed(order[kept.outcome], "<u1"),
        "dealTurn": _packed(np.where(kept.deal_turn < 0, _TOP, kept.deal_turn), "<u2"),
        "utility": [_packed((kept.utility[..., k] - low) / span * _TOP, "<u2") for k in (0, 1)],
        "utilityLow": low,
        "utilitySpan": span,
        "endings": [{**_ending(name), "there": bool((order[kept.outcome] == k).any())}
                    for k, name in enumerate(STACK)],
        "sides": list(results.sides.values()),
        "turnDays": float(scenario.turn_days),
        "turns": max(int(scenario.turns), int(kept.deal_turn.max(initial=0)) + 1),
        "startDate": scenario.start_date.isoformat(),
        "scenario": scenario.title,
        "samples": Samples(results, kept).played(spread(np.clip(unit, 0, 1), kept.runs, negotiations)),
    }  # fmt: skip


def _slider(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name, "label": setting.label, "called": setting.called, "unit": setting.unit,
        "kind": setting.kind, "start": setting.start, "low": setting.low, "high": setting.high,
        "step": setting.step, "log": setting.log, "levels": setting.levels, "words": setting.words,
        "window": setting.window,
    }  # fmt: skip


def _ending(name: str) -> dict[str, str]:
    return {
        "id": name, "label": OUTCOME_STYLE[name].label, "text": OUTCOME_TEXT[name], "fill": fill_of(name),
        "marker": OUTCOME_STYLE[name].marker,
    }  # fmt: skip


def _packed(values: npt.NDArray[Any], kind: str) -> str:
    whole = np.rint(values).astype(np.int64)
    top = 255 if kind == "<u1" else _TOP
    return base64.b64encode(np.clip(whole, 0, top).astype(kind).tobytes()).decode("ascii")


def _lede(results: Results, kept: Kept) -> str:
    return (
        f"{plural(kept.stored, 'negotiation')} of “{results.scenario.title}” at "
        f"{plural(kept.of_points, 'combination')} of settings. Move one and see how it ends."
    )


def _notes(results: Results, kept: Kept, names: Sequence[str], *, chosen: bool) -> list[str]:
    """What a person must know before believing the page."""
    notes = []
    if kept.planned > kept.stored:
        notes.append(
            f"This sweep is not complete: {amount(kept.stored)} of {plural(kept.planned, 'run')} are stored."
        )
    if kept.points * kept.runs < kept.stored:
        where = "" if kept.points == kept.of_points else f" at {amount(kept.points)} of its points"
        each = f"the first {plural(kept.runs, 'run')} of each point{where}"
        notes.append(
            f"The page holds {amount(kept.points * kept.runs)} of {plural(kept.stored, 'run')}: {each}."
        )
    if repeated := repeated_values(results):
        notes.append(repeated.replace("`", ""))
    others = [n for n in results.factors if n not in names and len(set(kept.values[n].tolist())) > 1]
    if others:
        rule = (
            f", the {MOST_SETTINGS} that by themselves explain most of which ending comes" if chosen else ""
        )
        notes.append(
            f"{len(names)} of {len(names) + len(others)} settings have a slider{rule}. "
            f"All pictures average over the others: {words_of(others, results)}."
        )
    if kept.shared_luck and kept.runs == 1:
        notes.append(
            "All points met the same luck, and there is one run at each: how far luck moves these shares "
            "cannot be seen, so no interval is given. With “common_random_numbers: false” it could."
        )
    return notes


def _origin(results: Results, kept: Kept) -> list[tuple[str, str]]:
    manifest = results.manifest
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    seeds = sorted({block.seed for block in manifest.run_blocks})
    return [
        ("Sweep", f"{manifest.name} ({manifest.sweep.get('design', '')}), scenario {results.scenario.name}"),
        ("Seed", ", ".join(map(str, seeds))),
        ("Runs", f"{amount(kept.stored)} stored, {amount(kept.points * kept.runs)} in this page"),
        ("Made with", versions),
        ("Rules", manifest.rules_version),
        ("Scenario’s checksum", manifest.scenario_hash),
    ]
