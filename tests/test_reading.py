"""Files that want to do harm, or are no text at all: refused fast and small."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bargain_sim.errors import InputError
from bargain_sim.scenario.reading import MAX_BYTES, MAX_DEPTH, from_mapping, read_file, read_text, read_value

SRC = Path(__file__).parent.parent / "src"
GOOD = Path(__file__).parent / "good" / "small.yaml"

# Runs alone so that its memory is its own, with 150 MB more than the imports took.  The system ends it
# after ten seconds of processor time: work that a file can multiply takes hours, and a busy machine none.
_ALONE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
from bargain_sim.scenario.loader import validate_file
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 150_000_000, used + 150_000_000))
errors = validate_file(sys.argv[1])
# Not ru_maxrss: on Linux it begins with the peak of the process that started this one.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
print(errors[0].text())
"""


# There is no `resource` on Windows, and macOS neither has /proc nor keeps to RLIMIT_AS.
limits_memory = pytest.mark.skipif(
    find_spec("resource") is None or not Path("/proc/self/statm").exists(),
    reason="this system does not limit memory as Linux does",
)


def refused_alone(path: Path) -> tuple[float, str]:
    """Peak memory in MB, and message."""
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, str(path)],
        capture_output=True, text=True, timeout=300, check=False,
        env={"PYTHONPATH": str(SRC), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    peak, message = done.stdout.splitlines()[:2]
    return float(peak) / 1000, message


def bomb() -> str:
    """Nine aliases of nine aliases of …: 10⁹ texts in 15 lines."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 15)]
    return "\n".join(lines) + "\n"


HARMFUL = {
    "billion_laughs": (bomb(), "exceeds 50,000 entries"),
    "bomb_in_mappings": (
        "a0: &a0 {x: lol}\n"
        + "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}, z: *a{n - 1}}}\n" for n in range(1, 40)),
        "exceeds 50,000 entries",
    ),
    "chain_of_aliases": (
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5000)),
        "more than 50 deep",
    ),
    "brackets": ("a: " + "[" * 50_000, "nested more than 50 deep"),
    "closed_brackets": ("a: " + "[" * 50_000 + "]" * 50_000, "nested more than 50 deep"),
    "braces": ("{a: " * 50_000, "nested more than 50 deep"),
    "dashes": ("- " * 50_000, "nested more than 50 deep"),
    "many_items": ("a: [" + "x," * 490_000 + "]", "exceeds 50,000 entries"),
    "many_unknown_keys": ("".join(f"trust_{n}: 1\n" for n in range(24_000)), "`"),
    "many_duplicates": ("a: 1\n" * 24_000, "second time"),
    "many_traps": ("format_version: 1\na: [" + "no," * 90_000 + "]", "`no` is read as false"),
    "one_long_line": ("a: " + "x" * 999_990, "`"),
    "ten_megabytes": ("title: x\n" * 1_120_000, "more than the 1 MB"),
}


@limits_memory
@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_files_are_refused_fast_and_small(name: str, tmp_path: Path) -> None:
    text, expected = HARMFUL[name]
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    peak, message = refused_alone(path)
    assert expected in message
    assert peak < 300


def test_a_large_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(InputError, match="more than the 1 MB"):
        read_file(path)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"title: H\xf6fen\n", 1), ("a: 1\nb: ö".encode("utf-16"), 1), (b"a: 1\nb: \xff", 2)],
)
def test_other_encodings_are_refused(content: bytes, line: int, tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not UTF-8") as caught:
        read_file(path)
    assert caught.value.place is not None and caught.value.place.line == line


def test_characters_that_cannot_be_shown() -> None:
    with pytest.raises(InputError, match="cannot be shown") as caught:
        read_text("a: 1\nb: \x07\n", "f")
    assert caught.value.place is not None and caught.value.place.line == 2


def test_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.read_bytes().replace(b"\n", b"\r\n"))
    assert read_file(path).data == read_file(GOOD).data


def test_folders_and_missing_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(InputError, match="cannot be read"):
            read_file(path)


def test_places_of_keys_and_items() -> None:
    tree = read_text("a:\n  - x\n  - {b: 1,\n     c: 2}\nd: &d {e: 1}\nf: *d\n", "f")
    assert tree.data == {"a": ["x", {"b": 1, "c": 2}], "d": {"e": 1}, "f": {"e": 1}}
    lines = {path: place.line for path, place in tree.places.items()}
    assert lines == {
        (): 1, ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "b"): 3, ("a", 1, "c"): 4,
        ("d",): 5, ("d", "e"): 5, ("f",): 6, ("f", "e"): 5,
    }  # fmt: skip
    assert tree.data["d"] is not tree.data["f"]


def test_values() -> None:
    text = "[1, -2, 0, 0.5, .5, 1., 1.5e-3, true, FALSE, ~, null, '1e3', \"no\", 2024-03-04, a b, =]"
    value = read_value(text, "here")
    assert value[:13] == [1, -2, 0, 0.5, 0.5, 1.0, 0.0015, True, False, None, None, "1e3", "no"]
    assert [str(part) for part in value[13:]] == ["2024-03-04", "a b", "="]
    assert [type(part) for part in value[:4]] == [int, int, int, float]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("yes", "Write `true`"), ("No", "Write `false`"), ("ON", "Write `true`"),
        ("1e3", "Write `1000`"), ("1e-7", "Write `0.0000001`"), ("010", "Write `10`"), ("0o17", "decimal"),
        ("0b11", "decimal"), ("12:30", "decimal"), ("1:30.5", "decimal"), ("1_000", "Write `1000`"),
        ("1e400", "decimal"), ("9" * 400, "decimal"), ("-.inf", "decimal"), (".NaN", "decimal"),
    ],
)  # fmt: skip
def test_traps_say_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        read_value(text, "--set x")
    assert remedy in caught.value.remedy
    assert str(caught.value.place) == "--set x"


def test_several_faults_of_one_file_are_kept() -> None:
    tree = read_text("a: no\nb: 010\na: 1e3\n", "f")
    assert [str(fault.place) for fault in tree.faults] == ["f:1", "f:2", "f:3", "f:3"]
    assert tree.data == {"a": 1000, "b": 10}


def test_mappings_are_copied_and_bounded() -> None:
    given = {"a": {"b": (1, 2)}}
    tree = from_mapping(given, "given")
    assert tree.data == {"a": {"b": [1, 2]}} and tree.data["a"] is not given["a"]
    deep: dict[str, object] = {}
    for _ in range(MAX_DEPTH + 2):
        deep = {"a": deep}
    with pytest.raises(InputError, match="deep"):
        from_mapping(deep, "given")
    with pytest.raises(InputError, match="not text"):
        from_mapping({"a": {1: 2}}, "given")
