"""Figures as tables: on the terminal, in docs/benchmarks.md, and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.harness import Figure

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

SECTIONS = {
    "rates": "Negotiations a second",
    "ratios": "Ratios, taken within each round",
    "limit": "The engine against its rules in C by hand, on one thread: times as long",
    "concessions": "Rules alone, by the number of concessions",
    "turns": "Rules alone, by the number of turns (`proportional`, nobody gives up)",
    "sizes": "Points × runs: whole processes that store a sweep on 2 threads",
    "million": "A million negotiations, stored on 2 threads",
    "million_memory": "… its memory",
    "million_ratio": "… how many times as fast as Mesa, storage included on both sides",
    "dask": "Threads and Dask on this machine, the sweep itself",
    "until": "Enough runs: `until` against as many at every point",
    "startup": "Start-up, warm",
    "compile": "Getting the rules ready",
    "shares": "Where the time of a stored sweep goes, on one thread",
    "process": "Whole processes, from start to exit",
    "memory": "Peak memory of whole processes",
}

# Ratio → (name of the faster, name of the slower, title).
RATIOS = (
    ("sweep_stored", "mesa_1", "stored sweep on 2 threads / `mesa.batch_run`, 1 process (aim: 500)"),
    ("sweep_memory", "mesa_1", "sweep in memory on 2 threads / `mesa.batch_run`, 1 process"),
    ("sweep_stored", "mesa_2", "stored sweep on 2 threads / `mesa.batch_run`, 2 processes"),
    ("engine_1", "plain", "engine on 1 thread / plain Python's bare loop (aim: 100)"),
    ("engine_1", "simulate", "engine on 1 thread / `simulate`"),
    ("engine_1", "mesa_1", "engine on 1 thread / `mesa.batch_run`, 1 process"),
    ("engine_2", "engine_1", "engine on 2 threads / on 1"),
    ("engine_1", "engine_1_own", "draws shared between points / not shared"),
    ("mesa_2", "mesa_1", "`mesa.batch_run` with 2 processes / with 1"),
    ("sweep_stored", "ema_1", "stored sweep on 2 threads / EMA workbench, 1 process"),
    ("sweep_stored", "ema_2", "stored sweep on 2 threads / EMA workbench, 2 processes"),
    ("ema_2", "ema_1", "EMA workbench with 2 processes / with 1"),
    ("engine_1", "negmas_10", "engine on 1 thread / NegMAS, 10 issues"),
)


def number(value: float, unit: str) -> str:
    """A value with about three figures that mean something."""
    if unit == "negotiations/s" and value >= 10_000:
        return f"{round(value, -2):,.0f}"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def header(section: str, figures: Sequence[Figure]) -> list[str]:
    """Names of the columns; all figures of a section have one unit."""
    added = {
        "rates": ["engine’s multiple", "cores", "turns; played a repeat"],
        "shares": ["share"],
        "process": ["cores"],
        "limit": ["engine, ns a turn", "C, ns a turn"],
        "concessions": ["turns", "ns a turn"],
        "turns": ["turns played", "ns a turn"],
        "sizes": ["peak, MiB", "negotiations/s in the sweep", "cores"],
        "million": ["negotiations/s", "cores"],
        "until": ["runs made", "most at a point"],
    }
    more = added.get(section, [])
    return ["", f"median, {figures[0].unit}", "lowest – highest", *more]


def rows(section: str, figures: Sequence[Figure]) -> list[list[str]]:
    """The lines of one section's table."""
    total = sum(figure.median for figure in figures)
    engine = next((figure for figure in figures if figure.name == "engine_1"), None)
    found = []
    for figure in figures:
        spread = [number(bound, figure.unit) for bound in (min(figure.values), max(figure.values))]
        cells = [figure.title, number(figure.median, figure.unit)]
        cells.append(" – ".join(spread) if len(figure.values) > 1 else "once")
        if section == "rates":
            cells.append(number(engine.median / figure.median, "×") if engine else "")
            cells += [f"{statistics.median(figure.cores):.2f}", figure.note]
        if section == "process":
            cells.append(f"{statistics.median(figure.cores):.2f}")
        if section == "shares":
            cells.append(f"{100 * figure.median / total:.1f} %")
        found.append([*cells, *figure.cells])
    return found


def show(figures: Sequence[Figure], console: Console) -> None:
    """Print a table for each section that has figures."""
    for section, title in SECTIONS.items():
        of_section = [figure for figure in figures if figure.section == section]
        if not of_section:
            continue
        table = Table(title=title, title_justify="left", title_style="bold")
        for k, name in enumerate(header(section, of_section)):
            table.add_column(name, justify="right" if k else "left", overflow="fold")
        for cells in rows(section, of_section):
            table.add_row(*(cell.replace("`", "") for cell in cells))
        console.print(table)


def markdown(figures: Sequence[Figure], about: Mapping[str, str]) -> str:
    """The same tables as Markdown, under a line on what they were measured on."""
    words = ", ".join(f"{name} {value}" for name, value in about.items() if name != "date")
    lines = [f"Measured on {about['date']}: {words}."]
    for section, title in SECTIONS.items():
        of_section = [figure for figure in figures if figure.section == section]
        if not of_section:
            continue
        names = header(section, of_section)
        lines += ["", f"### {title}", "", "| " + " | ".join(names) + " |"]
        lines.append("|---|" + "---:|" * (len(names) - 1))
        lines += ["| " + " | ".join(cells) + " |" for cells in rows(section, of_section)]
    return "\n".join([*lines, ""])


def write_markdown(path: Path, text: str) -> None:
    """Put `text` between the marks in the page, whose other words are left alone.

    Raises ValueError where the page does not have the marks.
    """
    page = path.read_text(encoding="utf-8")
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{path.name} lacks the marks {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def as_json(figures: Sequence[Figure], about: Mapping[str, str]) -> str:
    """All figures with every repeat, and what they were measured on."""
    return json.dumps({"about": dict(about), "figures": [vars(figure) for figure in figures]}, indent=1)
