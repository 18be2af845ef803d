"""Make the pictures of the documentation again: `python docs/make_images.py` (about twenty seconds).

Runs the shipped sweep as `make demo` does, draws `docs/images/bargain_map.png`, and puts its caption,
which holds the numbers, into the README as the picture's alternative text; likewise the pictures of
forecasts, forks and routes into their pages.  Tests make the captions anew and compare them with these
texts, so a picture that no longer shows what the model does is noticed.

`python docs/make_images.py calibration` makes the pictures and the table of docs/calibration.md: two million
draws, which take two minutes or three.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from bargain_sim import paths, sweep
from bargain_sim.api import draw_figures
from bargain_sim.plots.book import CAPTIONS, plan
from bargain_sim.plots.saving import save
from bargain_sim.store.results import Results

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"
PICTURE = "docs/images/bargain_map.png"
ALTERNATIVE = re.compile(r"!\[([^\]]*)\]\(" + re.escape(PICTURE) + r"\)")
LOOK_AHEAD = DOCS / "how-to" / "look-ahead.md"
ROUTES_PAGE = DOCS / "how-to" / "routes.md"
CALIBRATION_PAGE = DOCS / "calibration.md"
ROUTES = re.compile(r"!\[([^\]]*)\]\(\.\./images/routes\.png\)")


def caption_of(results: Results) -> str:
    """What the picture shows, in one sentence, without drawing it."""
    from bargain_sim.plots.bargain_map import caption

    parts = plan(dict(results.factors), results.frame)
    x, y = parts["x"], parts["y"]
    assert x is not None and y is not None
    return caption(results.frame, x, y, panel=parts["panel"], labels=dict(results.factor_labels))


def plain(text: str) -> str:
    """The caption as alternative text: on one line, with ordinary spaces, no brackets."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def looking_ahead() -> dict[str, tuple[Any, Any]]:
    """Name of a picture → the module that draws it, and the forecast or fork that it shows."""
    from bargain_sim import forecast, fork
    from bargain_sim.plots import fork_pair, futures_fan

    return {
        "futures_fan": (futures_fan, forecast(until="2026-12-31", sensitivity_runs=0)),
        "fork_pair": (fork_pair, fork(at="2025-09-11", in_full=["belavia"])),
    }


def with_caption(text: str, name: str, caption: str, folder: str = "../images") -> str:
    """A page on which the picture `name` has this caption as its alternative text."""
    picture = f"{folder}/{name}.png"
    found = re.compile(r"!\[[^\]]*\]\(" + re.escape(picture) + r"\)")
    return found.sub(lambda _: f"![{plain(caption)}]({picture})", text)


def make_images() -> None:
    """Draw the pictures and bring the README's alternative text up to date."""
    results = sweep("trust_reciprocity")
    draw_figures(results, DOCS / "images", kinds=["bargain_map"])
    (DOCS / "images" / CAPTIONS).unlink()  # the caption stands in the README
    text = README.read_text(encoding="utf-8")
    picture = f"![{plain(caption_of(results))}]({PICTURE})"
    README.write_text(ALTERNATIVE.sub(lambda _: picture, text), encoding="utf-8")
    page = LOOK_AHEAD.read_text(encoding="utf-8")
    for name, (figure, shown) in looking_ahead().items():
        save(figure.draw(shown), DOCS / "images" / name)
        page = with_caption(page, name, figure.caption(shown))
    LOOK_AHEAD.write_text(page, encoding="utf-8")
    make_routes()


def make_routes() -> None:
    """Draw the routes of the baseline and bring the alternative text of their page up to date."""
    from bargain_sim.plots.routes import draw
    from bargain_sim.plots.saving import save

    sheet = draw(paths("baseline"))
    save(sheet, DOCS / "images" / "routes")
    text = ROUTES_PAGE.read_text(encoding="utf-8")
    picture = f"![{plain(sheet.caption)}](../images/routes.png)"
    ROUTES_PAGE.write_text(ROUTES.sub(lambda _: picture, text), encoding="utf-8")


def make_calibration() -> None:
    """Calibrate the baseline, and bring its page and the posterior that ships up to date.

    The baseline's values are set by hand, each with its source, from the best.yaml of `bargain calibrate`.
    """
    from bargain_sim import calibrate
    from bargain_sim.calibration.writing import write_posterior
    from bargain_sim.plots import prior_posterior, record_trust

    found = calibrate()
    write_posterior(found, DOCS.parent / "scenarios" / "posterior.csv")
    page = CALIBRATION_PAGE.read_text(encoding="utf-8")
    for name, figure in (("prior_posterior", prior_posterior), ("record_trust", record_trust)):
        save(figure.draw(found), DOCS / "images" / name)
        page = with_caption(page, name, figure.caption(found), "images")
    rows = ["| | pattern | prior | posterior | best-supported point |", "|---|---|---|---|---|"]
    rows += [
        f"| {row['pattern']} | {row['label']} | "
        + " | ".join(_share(row, group) for group in ("prior", "posterior", "best"))
        + " |"
        for row in found.patterns.to_dict("records")
    ]
    page = _between(page, "patterns", "\n".join(rows))
    CALIBRATION_PAGE.write_text(page, encoding="utf-8")


def _share(row: dict[Any, Any], group: str) -> str:
    digits = 3 if row[group] < 0.01 else 1
    share, low, high = (f"{100 * row[key]:.{digits}f}" for key in (group, f"{group}_low", f"{group}_high"))
    return f"{share} % ({low}–{high})"


def _between(page: str, mark: str, text: str) -> str:
    """A page with `text` between the comments that begin and end `mark`."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


if __name__ == "__main__":
    make_calibration() if sys.argv[1:] == ["calibration"] else make_images()
