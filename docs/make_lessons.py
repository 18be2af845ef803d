"""Make the copies of the lessons again: `python docs/make_lessons.py` (about a minute).

The source of a lesson is its marimo notebook, docs/lessons/lesson*.py.  From it are made

- a Jupyter copy beside it, without marimo and without outputs;
- docs/lessons/print/*_sheet.html, for a class without Python: the text, the tables that the notebook
  computes, and its questions, with lines to write on;
- docs/lessons/print/*_key.html, for the teacher: plan, answers as the model gives them, points for the
  debrief.

What a cell is for is told by its name: `aims`, `plan`, `predict`, `page`, … are text (see PLACES), `table_…`
and `figure_…` are printed on the sheet, `shown_…` in the key only.  Tests make everything anew and
compare.  Needs the extra `test`: `.venv/bin/python -m pip install -c constraints.txt -e '.[test]'`.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

LESSONS = Path(__file__).resolve().parent / "lessons"
SOURCES = sorted(LESSONS.glob("lesson*.py"))
COMMAND = "python docs/make_lessons.py"

# First part of a cell's name → where it is printed: before the predictions are handed in, after, in the key.
PLACES = {
    "aims": ("before", "key"), "plan": ("key",), "background": ("before", "key"),
    "predict": ("before", "key"), "page": ("after",), "read": ("after",), "grid": ("after",),
    "table": ("after", "key"), "figure": ("after", "key"), "shown": ("key",),
    "question": ("after", "key"), "debrief": ("after", "key"),
}  # fmt: skip

# Columns as they are called in print, and the sides whose they may be.
HEADS = {"utility": "points", "joint": "points of both", "name": "solution", "as_it_was": "as it was"}
SIDES = ("washington", "minsk", "ostra", "westra", "norrholm", "sydvik")


@dataclass
class Cell:
    """A cell of a lesson: its name, kind (`markdown` or `code`), text, and what running it shows."""

    name: str
    kind: str
    source: str
    hidden: bool = False
    shown: Any = None

    @property
    def places(self) -> tuple[str, ...]:
        """Where it is printed."""
        return PLACES.get(self.name.split("_")[0], ())


@dataclass
class Lesson:
    """A lesson that has been run: its cells with what they show, and every name that it defines."""

    name: str
    cells: list[Cell]
    defined: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The heading of its first cell."""
        return self.cells[0].source.splitlines()[0].lstrip("# ")

    def of(self, kind: type) -> list[Any]:
        """Everything of a kind that it shows, in order: questions, say."""
        return [cell.shown for cell in self.cells if isinstance(cell.shown, kind)]


def cells_of(source: Path) -> list[Cell]:
    """The cells of a marimo notebook, from top to bottom, without marimo itself."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.ipynb"
        words = ["marimo", "export", "ipynb", str(source), "-o", str(copy), "--sort", "top-down"]
        subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
        notebook = json.loads(copy.read_text("utf-8"))
    cells = []
    for number, cell in enumerate(notebook["cells"]):
        meta = cell["metadata"].get("marimo", {})
        text = "".join(cell["source"]).replace("import marimo as mo\n", "").strip()
        hidden = bool(meta.get("config", {}).get("hide_code"))
        cells.append(Cell(meta.get("name", f"cell_{number}"), cell["cell_type"], text, hidden))
    # A notebook opens with its title; imports come after it.
    return sorted(cells, key=lambda cell: cell.name != "title")


def jupyter(cells: list[Cell]) -> str:
    """The Jupyter copy, as the text of its file: no outputs, questions' own code folded away."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    made = []
    for cell in cells:
        new = new_code_cell if cell.kind == "code" else new_markdown_cell
        metadata = {"jupyter": {"source_hidden": True}} if cell.kind == "code" and cell.hidden else {}
        made.append(new(cell.source, id=re.sub(r"[^\w-]", "-", cell.name), metadata=metadata))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = new_notebook(cells=made, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def played(name: str, cells: list[Cell], answers: Mapping[str, str] | None = None) -> Lesson:
    """Run the code cells in order, as a notebook does; `answers` are sources that replace cells, by name."""
    lesson = Lesson(name, [replace(cell, shown=None) for cell in cells])
    for cell in lesson.cells:
        if cell.kind != "code":
            continue
        body = ast.parse((answers or {}).get(cell.name, cell.source)).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        place = f"{name}: {cell.name}"
        exec(compile(ast.Module(body, []), place, "exec"), lesson.defined)
        if isinstance(last, ast.Expr):
            cell.shown = eval(compile(ast.Expression(last.value), place, "eval"), lesson.defined)
    return lesson


def block(cell: Cell, place: str) -> dict[str, Any]:
    """What the template prints of a cell: its kind, and what belongs to it."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    from bargain_sim.lessons import Debrief, Question
    from bargain_sim.plots.sheet import Sheet

    if cell.kind == "markdown":
        # Our own text; the parser escapes any HTML in it.
        html = MarkdownIt("commonmark", {"html": False}).enable("table").render(cell.source)
        return {"kind": cell.name.split("_")[0], "html": Markup(html)}
    shown = cell.shown
    if isinstance(shown, Question | Debrief):
        return {"kind": type(shown).__name__.lower(), "it": shown}
    if isinstance(shown, Sheet):
        return {"kind": "figure", "picture": picture(shown), "caption": shown.caption}
    names = list(map(str, shown.columns))
    numeric = [not isinstance(shown[name].iloc[0], str) for name in names]
    places = [decimals(shown[name]) if number else 0 for name, number in zip(names, numeric, strict=True)]
    if "to" in names:
        # An interval is as exact as what stands before it.
        last = names.index("to") + 1
        places[last - 3 : last] = [max(places[last - 3 : last])] * 3
    columns = [entries(list(shown[name]), each) for name, each in zip(names, places, strict=True)]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {"kind": "table", "heads": [in_words(name) for name in names], "rows": rows, "numeric": numeric}


def in_words(head: str) -> str:
    """The head of a column as people read it: `reliability_ostra` → reliability of Ostra."""
    what, _, side = head.rpartition("_")
    words = HEADS.get(what if side in SIDES else head, what if side in SIDES else head).replace("_", " ")
    return f"{words} of {side.capitalize()}" if side in SIDES else words


def decimals(column: Any) -> int:
    """How many decimals one of the numbers of a column needs."""
    return max(len(f"{float(number):.6g}".partition(".")[2]) for number in column)


def entries(column: list[Any], places: int) -> list[str]:
    """A column of a table: words without underscores, numbers with so many decimals."""
    if isinstance(column[0], str):
        return [value.replace("_", " ") for value in column]
    # Nothing for NaN; a minus, not a hyphen.
    return ["" if n != n else f"{n:,.{places}f}".replace("-", "−") for n in map(float, column)]


def picture(sheet: Any) -> str:
    """A figure as the address of a PNG that lies within the page, of few colours."""
    import base64

    from PIL import Image

    drawn, small = BytesIO(), BytesIO()
    sheet.savefig(drawn, format="png", dpi=110)
    Image.open(drawn).convert("RGB").quantize(64).save(small, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(small.getvalue()).decode()}"


def page(lesson: Lesson, key: bool) -> str:
    """The printable sheet of a lesson, or its key, as HTML."""
    from bargain_sim.pages.writing import page_from

    parts = {
        place: [block(cell, place) for cell in lesson.cells if place in cell.places]
        for place in (("key",) if key else ("before", "after"))
    }
    return page_from(
        "lesson.html",
        title=f"{lesson.title}: the teacher’s key" if key else lesson.title,
        styles=("lesson.css",),
        command=COMMAND if key else "",
        context={"parts": parts, "key": key},
    )


def text_of(html: str) -> str:
    """A page without its pictures' bytes: what a test compares, as pictures differ by matplotlib."""
    return re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "data:", html)


def make_lessons() -> None:
    """Write the Jupyter copies, the sheets and the keys."""
    (LESSONS / "print").mkdir(exist_ok=True)
    for source in SOURCES:
        cells = cells_of(source)
        source.with_suffix(".ipynb").write_text(jupyter(cells), encoding="utf-8")
        lesson = played(source.stem, cells)
        for key in (False, True):
            path = LESSONS / "print" / f"{source.stem}_{'key' if key else 'sheet'}.html"
            made = page(lesson, key)
            # A page whose words are the same keeps its pictures, so that nothing changes without need.
            if not path.exists() or text_of(path.read_text("utf-8")) != text_of(made):
                path.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    make_lessons()
