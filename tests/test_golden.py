"""Seven negotiations, one for each ending, written out for people; see golden/README.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from bargain_sim import simulate
from bargain_sim.codes import OUTCOMES
from bargain_sim.narrate import tell

FOLDER = Path(__file__).parent / "golden"

# Ending → scenario, seed, run, and whether every step is explained.
GOLDEN = {
    "grand_bargain": ("baseline", 0, 1, False),
    "breakdown": ("balloon_crisis", 0, 12, False),
    "collapse": ("snapback", 0, 3, False),
    "normalised_by_steps": ("step_by_step", 0, 1, False),
    "bargain_under_way": ("two_islands", 0, 1, False),
    "piecemeal": ("two_islands", 0, 10, True),
    "stall": ("hardliner", 0, 3, False),
}


def written(scenario: str, seed: int, run: int, why: bool) -> str:
    """The story, and below it the numbers that a story rounds."""
    transcript = simulate(scenario, seed=seed, run=run)
    exact = [
        f"{name} {transcript.summary[name]!r}"
        for kind in ("utility", "trust", "given")
        for name in (f"{kind}_{side}" for side in transcript.scenario.side_ids)
    ]
    return tell(transcript, why=why) + "\nTo the last bit:\n" + "\n".join(exact) + "\n"


@pytest.mark.parametrize("ending", GOLDEN)
def test_the_story_is_the_one_on_file(ending: str, request: pytest.FixtureRequest) -> None:
    scenario, seed, run, why = GOLDEN[ending]
    assert simulate(scenario, seed=seed, run=run).outcome == ending
    path = FOLDER / f"{ending}.txt"
    now = written(scenario, seed, run, why)
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8", newline="\n")
    before = path.read_text(encoding="utf-8")
    assert now == before, "if this is meant: python -m pytest tests/test_golden.py --update-golden"


def test_every_ending_is_told() -> None:
    assert set(GOLDEN) == set(OUTCOMES)
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(GOLDEN)
