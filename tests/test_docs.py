"""The documentation is true: its commands run, its options, links and pictures exist.

Python examples (`>>>`) are run by pytest's doctest.  Here:

- A block that begins with ```console is run line by line: `$ bargain …` must exit with 0, and what the
  page shows below it must occur in what is printed, in that order (`…` stands for left-out lines).
  ```console exit=2 says that the commands of a block are refused.
- A block such as ```yaml lesson.yaml is first written into that file.

Each page has an empty folder of its own, in which its blocks run from top to bottom.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from bargain_sim import sweep
from bargain_sim.cli.group import bargain
from bargain_sim.scenario.side import Side

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]

FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")

with_pages = pytest.mark.parametrize("page", PAGES, ids=NAMES)


@dataclass
class Command:
    """A line after `$`, and what the page shows below it."""

    line: str
    shown: list[str] = field(default_factory=list)


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Fenced blocks: what stands after the fence, and the text inside."""
    for found in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield found[1].strip(), found[2]


def commands_in(text: str) -> list[Command]:
    found: list[Command] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        elif line.strip():
            assert found, f"a console block begins with `$ `, not with {line!r}"
            found[-1].shown.append(line)
    return found


def without_blocks(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def command_lines(page: Path) -> list[str]:
    """Every line that calls `bargain`, in blocks and in running text."""
    lines = [line for _, text in blocks(page) for line in text.splitlines()]
    lines += CODE.findall(without_blocks(page))
    stripped = [line.strip().removeprefix("$ ").removeprefix("# ").strip() for line in lines]
    return [line for line in stripped if re.match(r"bargain(\s|$)", line)]


def options_of(name: str) -> set[str]:
    context = click.Context(bargain)
    command = bargain if name == "bargain" else bargain.get_command(context, name)
    assert command is not None, f"there is no command `bargain {name}`"
    return {option for each in command.get_params(context) for option in each.opts}


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `bargain` is this checkout's, and every warning an error."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "bargain"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bargain_sim "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return os.environ | {
        "PATH": path, "PYTHONPATH": paths, "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell here")
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(kind.startswith("console") for kind, _ in blocks(page))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_commands_run(page: Path, tmp_path: Path, shell: dict[str, str]) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for kind, text in blocks(page):
        language, _, rest = kind.partition(" ")
        if rest and language != "console":
            (folder / rest).write_text(text, encoding="utf-8")
        for command in commands_in(text) if language == "console" else []:
            done = subprocess.run(
                ["sh", "-c", command.line], cwd=folder, env=shell,
                capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL,
            )  # fmt: skip
            expected = int(rest.removeprefix("exit=") or 0)
            assert done.returncode == expected, f"$ {command.line}\n{done.stderr}"
            missing = first_missing(command.shown, (done.stdout + done.stderr).splitlines())
            assert missing is None, f"$ {command.line}\ndoes not print: {missing}\nbut: {done.stdout}"


def first_missing(shown: list[str], printed: list[str]) -> str | None:
    """The first line shown that is not printed after the ones before it; `…` ends a cut line."""
    following = iter(printed)
    for line in shown:
        start, cut, _ = line.rstrip().partition("…")
        if not any(each.startswith(start) if cut else each.rstrip() == start for each in following):
            return line
    return None


@with_pages
def test_commands_and_options_exist(page: Path) -> None:
    for line in command_lines(page):
        words = line.split()
        if len(words) < 2 or words[1] in ("COMMAND", "…"):
            continue
        name = "bargain" if words[1].startswith("-") else words[1]
        unknown = set(OPTION.findall(line)) - options_of(name) - {"--help"}
        assert not unknown, f"`{line}`: {name} has no {unknown}"
    known = {"--help"}.union(*(options_of(each) for each in bargain.list_commands(click.Context(bargain))))
    for code in CODE.findall(without_blocks(page)):
        assert not code.startswith("--") or set(OPTION.findall(code)) <= known, f"no command has `{code}`"


@with_pages
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(without_blocks(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_relative_to(ROOT) and there.exists(), f"{target} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", FENCE.sub("", there.read_text("utf-8")), re.MULTILINE)
            assert anchor in {slug(each) for each in headings}, f"{target}: no such heading"


def slug(heading: str) -> str:
    """The anchor that hosts of repositories give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@with_pages
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = page.read_text("utf-8")
    named = re.findall(r"`make ([a-z]+)`", text) + re.findall(r"^\$? ?make ([a-z]+)$", text, re.MULTILINE)
    assert set(named) <= targets


@with_pages
def test_pages_say_what_they_are_not(page: Path) -> None:
    assert "not prediction" in page.read_text("utf-8")


def test_readme_names_the_test_command_of_ci() -> None:
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_parameters_are_those_of_the_code() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_parameters.py"))["page"]()
    assert (ROOT / "docs" / "parameters.md").read_text("utf-8") == made, (
        "run `python docs/make_parameters.py`"
    )


def test_picture_shows_what_the_model_does() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_images.py"))
    shown = script["ALTERNATIVE"].search((ROOT / "README.md").read_text("utf-8"))
    assert shown is not None
    caption = script["plain"](script["caption_of"](sweep("trust_reciprocity")))
    assert shown[1] == caption, "run `python docs/make_images.py`"
    assert (ROOT / script["PICTURE"]).stat().st_size < 300_000


def test_pictures_of_the_futures_show_what_the_model_does() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_images.py"))
    text = script["LOOK_AHEAD"].read_text("utf-8")
    for name, (figure, shown) in script["looking_ahead"]().items():
        caption = script["plain"](figure.caption(shown))
        assert f"![{caption}](../images/{name}.png)" in text, "run `python docs/make_images.py`"
        assert (ROOT / "docs" / "images" / f"{name}.png").stat().st_size < 300_000


def test_every_parameter_is_explained() -> None:
    text = (ROOT / "docs" / "model.md").read_text("utf-8")
    parameters = [name for name, each in Side.model_fields.items() if each.json_schema_extra]
    missing = [name for name in parameters if f"`{name}`" not in text]
    assert not missing, f"docs/model.md says nothing about {missing}"


def test_the_page_on_calibration_tells_what_its_pictures_show() -> None:
    """Two million draws are not made again here; that page and pictures tell the same can be seen."""
    from PIL import Image

    script = runpy.run_path(str(ROOT / "docs" / "make_images.py"))
    text = script["CALIBRATION_PAGE"].read_text("utf-8")
    for name in ("prior_posterior", "record_trust", "recovered", "null_models"):
        path = ROOT / "docs" / "images" / f"{name}.png"
        with Image.open(path) as image:
            caption = script["plain"](image.info["Description"])
        assert caption and f"![{caption}](images/{name}.png)" in text, "run `make_images.py calibration`"
        assert path.stat().st_size < 300_000
