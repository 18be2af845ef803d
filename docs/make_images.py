"""Make the pictures of the documentation again: `python docs/make_images.py` (about twenty seconds).

Runs the shipped sweep as `make demo` does, draws `docs/images/bargain_map.png`, and puts its caption,
which holds the numbers, into the README as the picture's alternative text; likewise the pictures of
forecasts, forks and routes into their pages.  Tests make the captions anew and compare them with these
texts, so a picture that no longer shows what the model does is noticed.

`python docs/make_images.py calibration` makes the pictures and the table of docs/calibration.md: four million
draws, which take two minutes or three.  `python docs/make_images.py checks [DRAWS]` makes those
of its guard-rails, which take about half an hour.
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


def make_checks(draws: int | None = None) -> None:
    """Ask the guard-rails of the calibration, and bring the pictures and tables of its page up to date."""
    from bargain_sim import compare_models, leave_out, recover

    given = {} if draws is None else {"draws": draws}
    tell_checks(recover(**given), compare_models(**given), leave_out(**given))


def tell_checks(again: Any, compared: Any, left: Any) -> None:
    """Draw what the three checks found, and write it into the page on calibration."""
    from bargain_sim.calibration.findings import of_comparison, of_left_out, of_recovery
    from bargain_sim.plots import null_models, recovered

    sheets = {"recovered": recovered.draw(again), "null_models": null_models.draw(compared, left)}
    page = CALIBRATION_PAGE.read_text(encoding="utf-8")
    for name, sheet in sheets.items():
        save(sheet, DOCS / "images" / name)
        page = with_caption(page, name, sheet.caption, "images")
    parts = {
        "recovery": (again.draws, of_recovery(again), _recovery_rows(again.parameters)),
        "null models": (compared.draws, of_comparison(compared), _null_rows(compared)),
        "left out": (left.draws, of_left_out(left), _left_out_rows(left)),
    }
    many = {"left out": f", {left.tables} times"}
    for mark, (draws, told, rows) in parts.items():
        head = f"With {draws:,} draws from each prior{many.get(mark, '')}:"
        page = _between(page, mark, "\n".join([head, "", *(f"- {each}" for each in told), "", *rows]))
    CALIBRATION_PAGE.write_text(page, encoding="utf-8")


def _recovery_rows(table: Any) -> list[str]:
    """The identifiable parameters, and how often their intervals hold."""
    by_kind = {kind: part.set_index("path") for kind, part in table.groupby("kind")}
    rows = [
        "| identifiable | 80 % interval holds | over any records | contraction | correlation |",
        "|---|---|---|---|---|",
    ]
    for path, row in by_kind["alike"].iterrows():
        if row["identifiable"]:
            any_ = by_kind["any"].loc[path]
            rows.append(
                f"| `{path}` | {_covered(row)} | {_covered(any_)} | {row['contraction']:.2f} | "
                f"{row['correlation']:.2f} |"
            )
    return rows


def _covered(row: Any) -> str:
    share, low, high = (f"{100 * row[f'coverage{end}']:.0f}" for end in ("", "_low", "_high"))
    return f"{share} % ({low}–{high})"


def _null_rows(compared: Any) -> list[str]:
    """Shares of each model that pass each pattern: of its prior, and at its best-supported point."""
    names = list(dict.fromkeys(compared.patterns["pattern"]))
    rows = ["| model | fitted | " + " | ".join(names) + " | all, of the prior | by the point |"]
    rows.append("|---" * (len(names) + 4) + "|")
    for model in compared.models.to_dict("records"):
        part = compared.patterns[compared.patterns["model"] == model["model"]].set_index("pattern")
        shares = " | ".join(f"{100 * part.loc[name, 'best']:.1f} %" for name in names)
        verdict = f"{model['verdict']} (it cannot pass)" if model["cannot"] else model["verdict"]
        rows.append(
            f"| {model['label']} | {model['parameters']} | {shares} | "
            f"{100 * part.loc['all', 'prior']:.4f} % | {verdict} |"
        )
    return rows


def _left_out_rows(left: Any) -> list[str]:
    """Chance that each model gave to what came on each day, draws that are alike, and its score."""
    days = left.scores.drop_duplicates("day")
    heads = [f"{row['day']:%-d %B}: {row['came']}" for row in days.to_dict("records")]
    rows = ["| model | " + " | ".join(heads) + " | score | behind the full model |"]
    rows.append("|---" * (len(heads) + 3) + "|")
    for model in left.totals.to_dict("records"):
        part = left.scores[left.scores["model"] == model["model"]]
        means = part.groupby("day")[["chance", "alike"]].mean()
        alike = [f" ({each:,.0f})" if model["model"] != "prior" else "" for each in means["alike"]]
        chances = " | ".join(
            f"{100 * chance:.1f} %{which}" for chance, which in zip(means["chance"], alike, strict=True)
        )
        score = _with_error(model["score"], model["error"])
        behind = "" if model["model"] == "full" else _with_error(model["behind"], model["behind_error"])
        rows.append(f"| {model['label']} | {chances} | {score} | {behind} |")
    return rows


def _with_error(value: float, error: float) -> str:
    return f"{value:.2f} ± {error:.2f}".replace("-", "−")


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
    if sys.argv[1:2] == ["checks"]:
        make_checks(*map(int, sys.argv[2:3]))
    else:
        make_calibration() if sys.argv[1:] == ["calibration"] else make_images()
