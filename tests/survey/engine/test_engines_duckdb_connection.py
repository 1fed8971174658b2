"""Tests how much memory a survey may use, and where data go that do not fit."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from fltoolkit.errors import RequestError
from fltoolkit.survey.engine.engines import connect, into_memory


def setting(name: str) -> str:
    found = connect().execute("select value from duckdb_settings() where name = ?", [name]).fetchone()
    assert found
    return str(found[0])


def test_the_limit_is_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLTOOLKIT_MEMORY", "512MiB")
    assert setting("memory_limit") == "512.0 MiB"


@pytest.mark.parametrize("amount", ["plenty", "4", "-1GB", "4 GB or so"])
def test_what_is_no_amount_is_refused(monkeypatch: pytest.MonkeyPatch, amount: str) -> None:
    monkeypatch.setenv("FLTOOLKIT_MEMORY", amount)
    with pytest.raises(RequestError) as refused:
        connect()
    assert all(words in str(refused.value) for words in ("FLTOOLKIT_MEMORY", amount, "such as 4GB"))


def test_what_spills_is_this_accounts_alone() -> None:
    folder = Path(setting("temp_directory"))
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert not folder.is_relative_to(Path.cwd())


def test_a_small_limit_spills_and_leaves_nothing(tmp_path: Path) -> None:
    """More groups than fit: the pass ends all the same, something was written, and it goes with the process.
    Nothing is drawn."""
    script = """
import pathlib, threading, time
from fltoolkit.survey.engine.engines import connect
con = connect()
folder = pathlib.Path(con.execute("select value from duckdb_settings() where name = 'temp_directory'").fetchall()[0][0])
seen, done = set(), False
def watch():
    while not done:
        if folder.is_dir():
            seen.update(p.name for p in folder.iterdir())
        time.sleep(0.01)
watcher = threading.Thread(target=watch, daemon=True)
watcher.start()
groups = con.sql("select i % 3000000 k, sum(i) s, avg(i) a from range(6000000) t(i) group by all")
rows = groups.aggregate("count(*), sum(s), sum(a)").fetchall()[0][0]
done = True
watcher.join()
print(rows, bool(seen), folder)
"""
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "FLTOOLKIT_MEMORY": "60MB", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    rows, spilled, folder = found.stdout.split()
    assert (rows, spilled) == ("3000000", "True")
    assert not Path(folder).parent.exists()


def test_tables_of_a_connection_are_its_own_and_go_with_it() -> None:
    def in_use() -> int:
        found = connect().execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()
        assert found
        return int(found[0])

    one, other, before = connect(), connect(), in_use()
    rows = (
        into_memory(one.sql("SELECT i FROM range(500000) t(i)"), one, "held")
        .aggregate("count(*), max(i)")
        .fetchall()
    )
    assert rows == [(500_000, 499_999)]
    assert into_memory(other.sql("SELECT 7 AS i"), other, "held").fetchall() == [(7,)]
    assert in_use() > before + 1_000_000
    del one
    assert in_use() < before + 1_000_000


def test_a_database_that_no_longer_answers_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLTOOLKIT_MEMORY", "1234MB")  # so that no other test's database is closed
    opened = import_module("fltoolkit.survey.engine.engines")._database
    connect()
    opened("1234MB", os.getpid()).close()
    assert connect().execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_opens_a_database_of_its_own() -> None:
    """A database's threads do not live on in a forked child: a query on the parent's database would wait for
    ever."""
    script = (
        "import os, signal; from fltoolkit.survey.engine.engines import connect; connect(); "
        "child = os.fork(); "
    )
    work = (
        "signal.alarm(30); n = connect().sql('SELECT sum(i) FROM range(5000000) t(i)').fetchall(); "
        "os._exit(n != [(12499997500000,)])"
    )
    code = (
        f"{script}\nif not child:\n    {work}\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_a_name_is_folded_once_and_as_duckdb_folds_it() -> None:
    connect()
    kept, plain = import_module("duckdb._relation").fold_name, import_module("duckdb._expression").fold_name
    names = ["fl__AGE", "É", "İ", "ẞ", "a b"]
    assert (
        [kept(name) for name in names] == [plain(name) for name in names] == ["fl__age", "É", "İ", "ẞ", "a b"]
    )
    before = kept.cache_info().hits
    assert kept("fl__AGE") == "fl__age"
    assert kept.cache_info().hits == before + 1


def test_a_moment_is_the_same_text_whatever_the_time_zone_of_the_machine() -> None:
    assert connect().execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
    moment = connect().execute("SELECT CAST(TIMESTAMPTZ '2025-01-01 23:30:00+09' AS VARCHAR)").fetchall()
    assert moment == [("2025-01-01 14:30:00+00",)]
