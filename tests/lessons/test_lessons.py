"""The lessons hold: they run, their copies and prints are up to date, their answers are the model's."""

from __future__ import annotations

import itertools
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from taught import LESSONS, MAKE, NAMES, ROOT, cells_of, lesson_of

from bargain_sim.lessons import Debrief, Question, Reply

AGAIN = f"run `{MAKE['COMMAND']}`"

each_lesson = pytest.mark.parametrize("name", NAMES)


def questions_of(name: str) -> list[Question]:
    return list(lesson_of(name).of(Question))


def text(name: str, cell: str) -> str:
    return next(str(each.source) for each in cells_of(name) if each.name == cell)


def test_there_are_five() -> None:
    assert [name[:7] for name in NAMES] == [f"lesson{k}" for k in range(1, 6)]


@each_lesson
def test_has_all_that_a_lesson_needs_and_asks_for_a_prediction_first(name: str) -> None:
    names = [cell.name for cell in cells_of(name)]
    for needed in ("title", "aims", "plan", "background", "predict", "guess", "page", "python", "debrief"):
        assert needed in names
    assert "not prediction" in text(name, "title")
    ran = min(k for k, cell in enumerate(cells_of(name)) if cell.kind == "code" and k > names.index("guess"))
    assert names.index("predict") < names.index("guess") < ran
    numbers = [question.number for question in questions_of(name)]
    assert numbers == [str(k + 1) for k in range(len(numbers))] and len(numbers) >= 4
    assert all(question.hint and question.why for question in questions_of(name))
    (debrief,) = lesson_of(name).of(Debrief)
    assert len(debrief.points) >= 3


@each_lesson
def test_the_plan_fills_fifty_minutes_and_leaves_out_no_question(name: str) -> None:
    plan = text(name, "plan")
    spans = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", plan, re.MULTILINE)]
    assert spans[0][0] == 0 and spans[-1][1] == 50
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
    listed = {
        int(k)
        for found in re.findall(r"questions? ([\d, and]+)", plan, re.I)
        for k in re.findall(r"\d", found)
    }
    assert listed == {int(question.number) for question in questions_of(name)}


@each_lesson
def test_answers_check_themselves(name: str) -> None:
    """A student who answers as the model does is right everywhere; one who does not gets the hint."""
    for right in (True, False):
        answers = {}
        for question in questions_of(name):
            given = _answer(question, right)
            source = text(name, f"answer_{question.number}")
            answers[f"answer_{question.number}"] = re.sub(r"check\(None", f"check({given!r}", source)
            assert answers[f"answer_{question.number}"] != source
        lesson = MAKE["played"](name, cells_of(name), answers)
        replies = lesson.of(Reply)
        assert len(replies) == len(answers)
        assert {reply.state for reply in replies} == {"right" if right else "again"}
    assert {reply.state for reply in lesson_of(name).of(Reply)} == {"open"}


def _answer(question: Question, right: bool) -> float | str:
    if question.choices:
        return next(letter for letter in question.choices if (letter == question.right) is right)
    assert isinstance(question.right, int | float)
    return float(question.right) + (0.0 if right else 2 * question.within + 1.0)


@each_lesson
def test_marimo_runs_it_and_answers_the_same(name: str) -> None:
    outputs, _ = runpy.run_path(str(LESSONS / f"{name}.py"))["app"].run()
    assert [each for each in outputs if isinstance(each, Question)] == questions_of(name)


@each_lesson
def test_marimo_finds_nothing_wrong(name: str) -> None:
    words = [sys.executable, "-m", "marimo", "check", "--strict", str(LESSONS / f"{name}.py")]
    done = subprocess.run(words, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


@each_lesson
def test_the_jupyter_copy_is_the_one_that_is_made(name: str) -> None:
    assert (LESSONS / f"{name}.ipynb").read_text("utf-8") == MAKE["jupyter"](cells_of(name)), AGAIN


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@each_lesson
def test_jupyter_runs_the_copy(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, so that it needs no file; every question and every figure is shown."""
    import nbformat
    from nbclient import NotebookClient

    paths = [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    notebook = nbformat.read(LESSONS / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    told = "\n".join(data.get("text/html", "") for data in shown)
    assert all(f"Question {question.number}." in told for question in questions_of(name))
    assert any("image/png" in data for data in shown)
    assert "bargain_sim" not in sorted(each.name for each in tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


@each_lesson
@pytest.mark.parametrize("key", [False, True], ids=["sheet", "key"])
def test_what_is_printed_is_what_the_model_gives(name: str, key: bool) -> None:
    stored = (LESSONS / "print" / f"{name}_{'key' if key else 'sheet'}.html").read_text("utf-8")
    plain: Callable[[str], str] = MAKE["text_of"]
    assert plain(stored) == plain(MAKE["page"](lesson_of(name), key)), AGAIN
    assert "http://" not in stored and "https://" not in stored


@each_lesson
def test_the_sheet_gives_nothing_away(name: str) -> None:
    """Neither answers nor what explains them nor hints; and no result before the second part."""
    from markupsafe import escape

    sheet = MAKE["page"](lesson_of(name), False)
    for question in questions_of(name):
        assert str(escape(question.text)) in sheet
        assert str(escape(question.why)) not in sheet and str(escape(question.hint)) not in sheet
    (debrief,) = lesson_of(name).of(Debrief)
    assert not any(str(escape(point)) in sheet for _, point in debrief.points)
    assert not any(str(escape(text)) in sheet for text in debrief.became)
    first, second = sheet.split('class="second"')
    assert "<table>" not in first.partition("<main")[2] and "<img" not in first
    assert "Question 1." in second


@each_lesson
def test_the_key_has_every_answer(name: str) -> None:
    from markupsafe import escape

    key = MAKE["page"](lesson_of(name), True)
    for question in questions_of(name):
        assert str(escape(question.answer)) in key and str(escape(question.why)) in key
    (debrief,) = lesson_of(name).of(Debrief)
    assert all(str(escape(point)) in key for _, point in debrief.points)
    assert debrief.became and all(str(escape(text)) in key for text in debrief.became)
    assert "Plan of 50 minutes" in key and "Background" in key
