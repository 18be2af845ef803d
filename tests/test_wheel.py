"""The wheel is whole: built, installed and used far away from this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from bargain_sim.narrate import tell
from bargain_sim.play import simulate

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pip") is None, reason="there is no pip in this environment"),
    pytest.mark.skipif(
        find_spec("hatchling") is None, reason="hatchling is not installed: pip install -e '.[test]'"
    ),
]


def pip(*args: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *map(str, args)],
        capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("bargain_sim-*.whl")
    return built


def test_what_the_wheel_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "bargain_sim/py.typed" in names
    for folder in ("seeds", "scenarios"):
        ours = {
            path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.yaml") if path.is_file()
        }
        assert ours
        assert {f"bargain_sim/shipped/{name}" for name in ours} <= names
    pages = {
        path
        for path in (ROOT / "src/bargain_sim/pages").rglob("*")
        if path.suffix in (".html", ".css", ".js")
    }
    assert pages
    assert {path.relative_to(ROOT / "src").as_posix() for path in pages} <= names
    assert not any(name.startswith(("tests/", "docs/", "results/")) for name in names)


def test_it_runs_far_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    pip("install", "--no-deps", "--no-index", "--target", target, wheel)
    program = next(path for path in (target / "bin").iterdir() if path.stem == "bargain")

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [str(part) for part in command], cwd=elsewhere, capture_output=True, encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(target), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run(sys.executable, "-c", "import bargain_sim; print(bargain_sim.__file__)").strip()
    assert Path(where).resolve().is_relative_to(target.resolve())
    assert run(program, "run", "baseline") == tell(simulate("baseline"))
    assert list(elsewhere.iterdir()) == []
