"""How fast the explorable opens and answers: `python benchmarks/pages.py [PAGE.html]`.

Without a page, one is made of the shipped six-factor sweep.  Needs Playwright and a Chromium (CHROMIUM
names it, else the one on the PATH).  Shown are median, lowest and highest; no test asserts a time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# From an input event to the end of the frame that shows the new picture, in milliseconds; and the part of it
# that the script took.
MOVE = """async (moves) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const sliders = [...document.querySelectorAll('input[type=range]')];
  const times = [];
  for (let k = 0; k < moves; k++) {
    const slider = sliders[k % sliders.length];
    await frame();
    const began = performance.now();
    slider.value = Number(slider.min) + (slider.max - slider.min) * ((k * 37) % 101) / 100;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    const ready = performance.now();
    await frame();
    times.push([ready - began, performance.now() - began]);
  }
  return times;
}"""


def made(folder: Path) -> tuple[Path, float]:
    """A page of the six-factor sweep, and the seconds that writing it took."""
    from bargain_sim.api import explore, sweep

    results = sweep("six_factors", out=folder / "results")
    began = time.perf_counter()
    page = explore(results, folder / "page.html")
    return page, time.perf_counter() - began


def measured(page: Path, opens: int, moves: int) -> dict[str, list[float]]:
    """Seconds to open, milliseconds of script and to the picture, and how many requests there were."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        sys.exit("There is no Chromium here: install one, or name it in CHROMIUM.")
    found: dict[str, list[float]] = {"open, s": [], "script, ms": [], "new picture, ms": []}
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(opens):
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            context.set_offline(True)
            opened: Any = context.new_page()
            opened.on("request", lambda request: asked.append(request.url))
            began = time.perf_counter()
            opened.goto(page.as_uri())
            assert opened.inner_text("#saying")
            found["open, s"].append(time.perf_counter() - began)
            times = opened.evaluate(MOVE, moves)
            found["script, ms"] += [script for script, _ in times]
            found["new picture, ms"] += [picture for _, picture in times]
            context.close()
        browser.close()
    found["requests besides the page"] = [float(len(asked) - opens)]
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("page", nargs="?", type=Path, help="a page that `bargain explore` wrote")
    parser.add_argument("--opens", type=int, default=5, help="how often the page is opened")
    parser.add_argument("--moves", type=int, default=60, help="how many times a slider is moved each time")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        page = given.page
        if page is None:
            page, seconds = made(Path(scratch))
            print(f"{'written in, s':28} {seconds:8.2f}")
        print(f"{'size, MB':28} {page.stat().st_size / 1e6:8.2f}")
        for name, values in measured(page.resolve(), given.opens, given.moves).items():
            low, middle, high = min(values), statistics.median(values), max(values)
            print(f"{name:28} {middle:8.2f}   ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
