"""What `bargain serve` loads, prints and refuses before anybody comes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from loops import alone

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.web import addresses
from bargain_sim.web.addresses import all_reachable, host_for_others, is_loopback, names_of, reachable
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


def test_a_first_start_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "class.sqlite"
    for pragmas in (("journal_mode = wal",), ("journal_mode = wal", "application_id = 0x62617267")):
        with closing(sqlite3.connect(path)) as db:
            for each in pragmas:
                db.execute(f"pragma {each}")
        Store(path).close()
        assert forget_file(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table thesis (chapter text)")
    with pytest.raises(InputError, match="no file of a classroom"):
        Store(path)


def test_a_folder_that_cannot_be_made_is_spoken_of_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no classroom can be kept") as refused:
        Store(tmp_path / "file" / "class.sqlite")
    assert "--data" in refused.value.remedy and "sweep" not in str(refused.value)


def test_a_teachers_browser_is_known_after_a_crash_and_not_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lesson() -> None:
        with closing(Store(tmp_path / "class.sqlite")) as store:
            await store.remember("checksum")
            assert await store.sessions() == {"checksum"}
            then = time.time()
            monkeypatch.setattr(time, "time", lambda: then + 24 * 3_600.0)
            assert await store.sessions() == set()

    alone(lesson())


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


def test_a_network_that_leads_nowhere_has_addresses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [each for each in addresses._of_interfaces() if is_loopback(each)]
    assert found or sys.platform == "win32", "interfaces are found, this machine's own among them"
    monkeypatch.setattr(addresses, "_leading_out", lambda host: iter(()))
    monkeypatch.setattr(addresses, "_of_interfaces", lambda: iter(["127.0.0.1", "10.42.0.1", "172.17.0.1"]))
    assert all_reachable("0.0.0.0") == ["10.42.0.1", "172.17.0.1"]
    monkeypatch.setattr(addresses, "_of_interfaces", lambda: iter(()))
    assert all_reachable("0.0.0.0") == ["127.0.0.1"]


@pytest.mark.parametrize("asked", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_others_are_shown_an_address_that_leads_here(asked: str) -> None:
    assert host_for_others(asked, "10.42.0.1:8000") == "10.42.0.1:8000"
    assert host_for_others(asked, "") == asked, "only this computer is let in"
    for fine in ("192.168.7.4:8000", "box.local"):
        assert host_for_others(fine, "10.42.0.1:8000") == fine


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
