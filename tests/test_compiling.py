"""Where compiled code is kept, and that nothing about it depends on the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bargain_sim import compiling

SOURCE = Path(__file__).resolve().parent.parent / "src"


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No variable says where the cache is."""
    for name in ("BARGAIN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("empty", [None, ""])
def test_it_is_kept_at_home_unless_a_variable_says_where(
    empty: str | None, free: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    free.setattr(Path, "home", lambda: tmp_path / "home")
    if empty is not None:
        free.setenv("XDG_CACHE_HOME", empty)
        free.setenv("BARGAIN_CACHE", empty)
    assert compiling.cache_folder().parent == tmp_path / "home" / ".cache" / "bargain_sim"
    free.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert compiling.cache_folder().parent == tmp_path / "xdg" / "bargain_sim"
    free.setenv("BARGAIN_CACHE", str(tmp_path / "own"))
    assert compiling.cache_folder().parent == tmp_path / "own" / "bargain_sim"
    assert compiling.not_kept() == ""


def test_without_a_place_it_lies_in_one_folder_and_says_so(free: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    free.setenv("BARGAIN_CACHE", str(tmp_path / "file"))
    assert "cannot be kept" in compiling.not_kept()
    assert "BARGAIN_CACHE" in compiling.not_kept()
    first = compiling.cache_folder()
    assert first.is_dir()
    assert compiling.cache_folder() == first

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    free.delenv("BARGAIN_CACHE")
    free.setattr(Path, "home", homeless)
    assert "no home folder is known" in compiling.not_kept()
    assert compiling.cache_folder() == first
    assert not compiling.is_compiled()


def test_the_passing_folder_goes_when_the_process_ends(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code = "from bargain_sim.compiling import cache_folder as f; print(f()); assert f().is_dir()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "BARGAIN_CACHE": str(tmp_path / "file"),
             "TMPDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert Path(done.stdout.strip()).parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_only_code_of_these_very_files_counts(free: pytest.MonkeyPatch, tmp_path: Path) -> None:
    free.setenv("BARGAIN_CACHE", str(tmp_path))
    mine = compiling.cache_folder()
    # Another checkout with the same rules: numba would not use what was compiled from its files.
    free.setattr(compiling, "__file__", str(tmp_path / "elsewhere" / "compiling.py"))
    other = compiling.cache_folder()
    assert other != mine
    (other / "engine.run_block-1.py311.nbi").touch()
    assert compiling.is_compiled()
    free.undo()
    free.setenv("BARGAIN_CACHE", str(tmp_path))
    assert not compiling.is_compiled()


def test_line_ends_and_order_do_not_count() -> None:
    texts = {"rules/a.py": b"x = 1\ny = 2\n", "codes.py": b"z = 3\n"}
    windows = {name: text.replace(b"\n", b"\r\n") for name, text in reversed(texts.items())}
    assert compiling.fingerprint(windows) == compiling.fingerprint(texts)
    assert compiling.fingerprint(texts | {"codes.py": b"z = 4\n"}) != compiling.fingerprint(texts)


@pytest.mark.parametrize("theirs", ["the same", "of an older version", ""])
def test_another_process_may_write_the_glue_first(
    theirs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glue = tmp_path / "glue.py"

    def in_use(self: Path, target: Path) -> Path:
        if theirs:
            text = compiling.glue_text() if theirs == "the same" else theirs
            target.write_text(text, encoding="utf-8")
        raise PermissionError(13, "used by another process", str(target))

    monkeypatch.setattr(Path, "replace", in_use)
    if theirs == "the same":
        compiling.write_glue(glue)
    else:
        with pytest.raises(PermissionError):
            compiling.write_glue(glue)
    assert [path.name for path in tmp_path.iterdir()] == (["glue.py"] if theirs else [])
