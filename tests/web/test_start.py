"""What `bargain serve` loads, prints and refuses before anybody comes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.web.addresses import is_loopback, names_of, reachable
from bargain_sim.web.limits import Rate, Rates
from bargain_sim.web.messages import Predict
from bargain_sim.web.naming import as_code, drawn_code, is_code
from bargain_sim.web.serving import serve
from bargain_sim.web.store import Store, forget_file

HEAVY = ("pandas", "matplotlib", "scipy", "mesa", "networkx", "pyarrow", "SALib")

STARTED = f"""
import sys
from pathlib import Path
from bargain_sim.web.app import make_app
make_app(Path(sys.argv[1]))
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_starting_loads_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(tmp_path / "class.sqlite")], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    for number, content in enumerate((b"my thesis", b"SQLite format 3\x00" + b"\x00" * 200)):
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(content)
        with pytest.raises(InputError):
            Store(path)
        with pytest.raises(InputError):
            forget_file(path)
        assert path.read_bytes() == content


def test_a_port_that_is_taken_and_a_scenario_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing can be served"):
        serve(tmp_path / "a.sqlite", host="192.0.2.1", port=0)
    with pytest.raises(InputError, match="no_such"):
        serve(tmp_path / "a.sqlite", port=0, scenarios=["no_such"])


def test_addresses() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("::1") and is_loopback("localhost")
    assert not is_loopback("0.0.0.0") and not is_loopback("school.example")
    assert reachable("10.0.0.5") == "10.0.0.5"
    assert reachable("0.0.0.0") != "0.0.0.0"
    assert "school.example" in names_of("School.example")


def test_codes_are_four_consonants_and_never_taken() -> None:
    taken: set[str] = set()
    for _ in range(2_000):
        code = drawn_code(taken)
        assert is_code(code) and not set(code) & set("AEIOUQVY")
        assert code not in taken
        taken.add(code)
    assert as_code(" kr-tl ") == "KRTL"
    assert as_code("KRT1") == as_code("KRTLL") == as_code("") == ""


def test_rates_refill_with_time() -> None:
    rates = Rates(Rate(2, 0.5), most=2)
    assert [rates.allows("a", 0.0), rates.allows("a", 0.0), rates.allows("a", 0.0)] == [True, True, False]
    assert rates.allows("a", 1.9) is False
    assert rates.allows("a", 4.0) is True
    assert [rates.allows(name, 4.0) for name in "bcd"] == [True] * 3, "many addresses fill no memory"
    assert len(rates._left) == 2


def test_what_can_be_predicted_is_what_can_come() -> None:
    for ending in OUTCOMES:
        assert Predict(type="predict", ending=ending, score=0.0).ending == ending  # type: ignore[arg-type]
