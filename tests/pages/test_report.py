"""The report of a sweep: it says what is stored, fetches nothing, and lets no text out of its place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from folders import in_folder, stretch_of

from bargain_sim.analysis.points import points_of
from bargain_sim.analysis.pooled import pooled_shares
from bargain_sim.api import draw_drivers, drivers, explore, load_results, report, sweep
from bargain_sim.cli import main
from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.drawing import draw_figures
from bargain_sim.errors import InputError
from bargain_sim.pages.pictures import Picture, grouped
from bargain_sim.pages.report_words import interval
from bargain_sim.plots.words import percent
from bargain_sim.scenario.sources import numbers, references
from bargain_sim.store.captions import read_captions
from bargain_sim.store.folder import REPORT
from bargain_sim.store.merge import merge
from bargain_sim.store.results import Results

Captured = pytest.CaptureFixture[str]

PAIR: dict[str, Any] = {
    "format_version": 1,
    "name": "pair",
    "title": "Two things at once",
    "question": "Does `patience` help?",
    "scenario": "small_initiative",
    "design": "grid",
    "factors": {
        "sides.both.initial_trust": {"values": [0.2, 0.5, 0.8], "name": "trust"},
        "sides.both.strategy": ["comparative", "proportional"],
    },
    "runs": 20,
}


class Page(HTMLParser):
    """A page as a reader meets it: its text, and its elements with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._texts: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._silent += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._texts.append(data)

    @property
    def text(self) -> str:
        return words("".join(self._texts))

    def having(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("pair")
    sweep(PAIR, out=folder, workers=1)
    return load_results(folder)


@pytest.fixture(scope="module")
def page(stored: Results) -> Page:
    return Page(report(stored).read_text(encoding="utf-8"))


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take seconds; where a test is about words, none is drawn."""
    monkeypatch.setattr("bargain_sim.pages.report._figures", lambda results: [])


words_only = pytest.mark.usefixtures("no_figures")


def test_shares_are_those_of_the_runs(stored: Results, page: Page) -> None:
    frame = stored.frame
    assert len(frame) == 120
    for row in pooled_shares(stored.points, frame).to_dict("records"):
        exact = float((frame["outcome"] == row["outcome"]).mean())
        said = interval(exact, row["low"], row["high"]) if exact else "never"
        assert words(f"{OUTCOME_LABEL[row['outcome']]} {said}") in page.text
    bargains = frame["outcome"] == "grand_bargain"
    by_point = bargains.groupby(frame["point"]).mean()
    assert words(f"goes from {percent(by_point.min())} to {percent(by_point.max())}") in page.text
    by_trust = bargains.groupby(frame["trust"]).mean()
    assert by_trust.max() > by_trust.min()
    assert words(f"{percent(by_trust.max())} at {by_trust.idxmax():g}") in page.text


def test_every_figure_is_there_with_its_caption(stored: Results, page: Page, tmp_path: Path) -> None:
    draw_figures(stored, tmp_path)
    captions = [words(caption) for caption in read_captions(tmp_path).values()]
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert sorted(captions) == sorted(words(each["alt"]) for each in pictures)
    dark = [attributes for tag, attributes in page.tags if tag == "source"]
    for light, other in zip(pictures, dark, strict=True):
        assert light["src"].startswith("data:image/png;base64,")
        assert other["srcset"].startswith("data:image/png;base64,")
        assert light["src"] != other["srcset"]
        assert words(light["alt"]) in page.text  # the caption stands below it, too
    assert f"Figure {len(pictures)}." in page.text


def test_it_points_to_nothing_outside_and_every_link_leads_somewhere(page: Page) -> None:
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    for target in page.having("href"):
        assert target.startswith("#"), target
        assert target[1:] in ids
    for name in ("src", "srcset"):
        assert all(value.startswith("data:") for value in page.having(name))
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "object", "embed")]
    assert "default-src 'none'" in " ".join(page.having("content"))


def test_assumptions_and_references_are_all_there(stored: Results, page: Page) -> None:
    every = numbers(stored.scenario)
    codes = re.findall(r"<code>([^<]*)</code>", (stored.folder or Path()).joinpath(REPORT).read_text("utf-8"))
    listed = {each.path for each in every if each.support != "source"}
    assert listed
    assert {each.path for each in every} & set(codes) == listed
    for reference in references(stored.scenario):
        assert words(reference) in page.text
    assert page.text.count("varied by this sweep") == 1


def test_it_says_what_it_is_not_and_how_to_make_it_again(stored: Results, page: Page) -> None:
    assert page.text.count("Scenario exploration, not prediction") >= 2
    html = (stored.folder or Path()).joinpath(REPORT).read_text(encoding="utf-8")
    assert re.search(r"@page \{[^}]*@bottom-left \{ content: \"Scenario exploration, not prediction", html)
    assert f"bargain report {stored.folder}" in page.text
    assert "bargain sweep" in page.text
    assert stored.manifest.scenario_hash in page.text
    for name in ("numpy", "numba", "pyarrow"):
        assert f"{name} {stored.manifest.versions[name]}" in page.text
    assert "Does patience help?" in page.text
    assert "<code>patience</code>" in html


def test_the_same_results_give_the_same_file(stored: Results, tmp_path: Path) -> None:
    first = report(stored, tmp_path / "a.html").read_bytes()
    assert report(str(stored.folder), tmp_path / "a.html").read_bytes() == first


@words_only
def test_what_people_write_stays_text(tmp_path: Path) -> None:
    nasty = "</title><script>alert(1)</script> & `<img src=x onerror=alert(2)>`"
    results = sweep(PAIR | {"title": nasty, "question": nasty, "runs": 4}, out=tmp_path / "r")
    scenario = results.manifest.scenario | {"title": nasty}
    scenario["sides"]["minsk"]["label"] = "<b>Minsk</b>"
    replace(results.manifest, scenario=scenario).write(tmp_path / "r")
    html = report(tmp_path / "r").read_text(encoding="utf-8")
    found = Page(html)
    assert "script" not in {tag for tag, _ in found.tags}
    assert "onerror" not in {name for _, attributes in found.tags for name in attributes}
    assert found.text.count("alert(1)") >= 3
    assert "<b>Minsk</b>" in found.text
    renamed = report(tmp_path / "r", title="Mine & yours").read_text("utf-8")
    assert "<title>Mine &amp; yours</title>" in renamed


def test_an_incomplete_sweep_says_so(stored: Results, tmp_path: Path) -> None:
    results = sweep(PAIR, out=tmp_path / "r", workers=1)
    replace(results.manifest, complete=False, rows=0).write(tmp_path / "r")
    (tmp_path / "r" / "points.parquet").unlink()
    found = Page(report(tmp_path / "r").read_text(encoding="utf-8"))
    assert "not complete: 120 of 120 runs are stored" in found.text
    assert "--resume" in found.text
    assert "all this may still change" in found.text
    share = 100 * float((stored.frame["outcome"] == "grand_bargain").mean())
    assert words(f"Grand bargain {share:.1f} %") in found.text
    for part in load_results(tmp_path / "r").parts:
        part.unlink()
    with pytest.raises(InputError, match="no run"):
        report(tmp_path / "r")


def test_summaries_give_tables_without_figures(stored: Results, tmp_path: Path) -> None:
    sweep(PAIR | {"keep": "summary"}, out=tmp_path / "s")
    found = Page(report(tmp_path / "s").read_text(encoding="utf-8"))
    assert "img" not in {tag for tag, _ in found.tags}
    assert "kept summaries only" in found.text
    share = 100 * float((stored.frame["outcome"] == "grand_bargain").mean())
    assert words(f"Grand bargain {share:.1f} %") in found.text


def test_figures_that_other_commands_drew_are_taken_over(tmp_path: Path) -> None:
    results = sweep(PAIR, out=tmp_path / "r", workers=1)
    draw_drivers(drivers(results, methods=["ends"]), tmp_path / "r" / "figures")
    captions = read_captions(tmp_path / "r" / "figures")
    (name,) = (name for name in captions if name.startswith("tornado"))
    found = Page(report(tmp_path / "r").read_text(encoding="utf-8"))
    assert words(captions[name]) in [words(each) for each in found.having("alt")]
    assert "What drives it" in found.text


def test_drivers_drawn_on_dark_paper_are_shown_there(tmp_path: Path) -> None:
    sweep(PAIR, out=tmp_path / "r", workers=1)
    assert main(["drivers", str(tmp_path / "r"), "--method", "ends", "--theme", "light,dark"]) == 0
    (group,) = grouped(tmp_path / "r" / "figures")
    assert group.heading == "What drives it"
    assert all(each.dark and each.dark != each.light for each in group.pictures)


def test_rows_of_panels_are_not_made_low_in_print(tmp_path: Path) -> None:
    assert Picture("plain", "", "", "", 1300, 860).tall is False
    assert Picture("rows", "", "", "", 1300, 1300).tall is True


@words_only
def test_a_few_runs_a_point_are_points_not_single_runs(tmp_path: Path) -> None:
    found = Page(report(sweep(PAIR | {"runs": 8}), tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "of the differences between points" in found.text and "single runs" not in found.text


@words_only
@pytest.mark.parametrize("design", ["saltelli", "morris", "sobol"])
def test_a_sample_that_repeats_values_says_so(design: str, tmp_path: Path) -> None:
    factors = {f"sides.both.{name}": {"range": [0.2, 0.8]} for name in ("initial_trust", "reliability")}
    source = PAIR | {"design": design, "samples": 8, "runs": 2, "factors": factors}
    results = sweep(source)
    pages = [report(results, tmp_path / "r.html"), explore(results, tmp_path / "e.html", negotiations=2)]
    for page in pages:
        assert ("repeat the values of the others by design" in page.read_text("utf-8")) == (design != "sobol")


@words_only
def test_a_sample_of_single_runs_tells_of_no_single_point(tmp_path: Path) -> None:
    source = PAIR | {
        "design": "latin_hypercube", "samples": 60, "runs": 1,
        "factors": {"sides.both.initial_trust": {"range": [0.1, 0.9]}},
    }  # fmt: skip
    found = Page(report(sweep(source), tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "60 runs of" in found.text
    assert "a single point says hardly anything" in found.text
    assert "of the differences between single runs" in found.text
    assert "from point to point" not in found.text.lower()


@words_only
@pytest.mark.parametrize("common", [True, False])
def test_points_share_luck_only_where_they_do(common: bool, tmp_path: Path) -> None:
    sweep({**PAIR, "common_random_numbers": common}, out=tmp_path / "r")
    said = Page(report(tmp_path / "r").read_text("utf-8")).text
    assert ("knows that points share their luck" in said) == common


def test_another_sweep_takes_the_report_of_the_old_one_away(tmp_path: Path) -> None:
    sweep(PAIR, out=tmp_path, workers=1)
    report(tmp_path)
    sweep(PAIR | {"seed": 9}, out=tmp_path, overwrite=True)
    assert not (tmp_path / REPORT).exists()
    (tmp_path / REPORT).write_text("<p>my own report</p>")
    sweep(PAIR | {"seed": 10}, out=tmp_path, overwrite=True)
    assert (tmp_path / REPORT).exists()


@words_only
def test_a_merged_folder(tmp_path: Path) -> None:
    parts = [stretch_of(tmp_path / f"p{a}", a, b) for a, b in ((0, 4), (10, 14))]
    merge(parts, tmp_path / "m", points_of)
    found = Page(report(tmp_path / "m").read_text(encoding="utf-8"))
    assert "bargain results --merge" in found.text
    assert "192 runs" in found.text


@words_only
def test_results_in_memory_need_a_place(tmp_path: Path) -> None:
    results = sweep(PAIR | {"runs": 4})
    with pytest.raises(InputError, match="not stored"):
        report(results)
    found = Page(report(results, tmp_path / "deep" / "r.html").read_text(encoding="utf-8"))
    assert "24 runs" in found.text


@words_only
def test_one_point_has_nothing_to_compare(tmp_path: Path) -> None:
    source = PAIR | {"factors": {"sides.both.initial_trust": [0.5]}, "runs": 6}
    found = Page(report(sweep(source), tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "6 runs of" in found.text
    assert "at one point" in found.text
    assert "What moves it" not in found.text


@words_only
def test_many_points_are_cut_and_counted(tmp_path: Path) -> None:
    in_folder(tmp_path / "r")
    found = Page(report(tmp_path / "r").read_text(encoding="utf-8"))
    assert "4 more points are left out" in found.text


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: folder.mkdir(),
        lambda folder: folder.write_text("{}"),
        lambda folder: None,
    ],
    ids=["empty", "a file", "nothing"],
)
def test_a_folder_of_something_else_is_refused(
    make: Callable[[Path], object], tmp_path: Path, capsys: Captured
) -> None:
    make(tmp_path / "x")
    assert main(["report", str(tmp_path / "x")]) == 2
    error = capsys.readouterr().err
    assert "no results folder" in error
    assert "bargain sweep" in error


@words_only
def test_the_command(
    stored: Results, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("click.launch", shown.append)
    target = tmp_path / "out" / "my report.html"
    assert main(["report", str(stored.folder), "-o", str(target), "--title", "Ours", "--open"]) == 0
    said = capsys.readouterr()
    assert str(target) in said.out
    assert "not prediction" in said.out
    assert shown == [str(target)]
    found = Page(target.read_text(encoding="utf-8"))
    assert found.text.startswith("Ours")
    assert f"bargain report {stored.folder} -o '{target}'" in found.text
    assert main(["report", str(stored.folder), "-o", str(tmp_path)]) == 2
    assert "Name a file" in capsys.readouterr().err


def test_its_help_loads_no_matplotlib() -> None:
    code = (
        "import sys\nfrom bargain_sim.cli import main\nmain(['report', '--help'])\n"
        "sys.exit('matplotlib' in sys.modules or 'pandas' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
