"""Tests a batch at an address: in fsspec's memory, where a notebook can read only fetched files. Stand-ins
replace the kernels.

tests/run/test_dask_cluster.py runs one in real kernels, on workers that share no folder.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import nbformat
import pytest
import small_country as country
import yaml
from killed_batch import copied, quiet

from fltoolkit.cli import main
from fltoolkit.errors import BatchError, RequestError
from fltoolkit.run import batch, remote_batch
from fltoolkit.run.remote_batch import RemoteLock, Store, run_stored

ADDRESS = "memory://lfs/batch.yaml"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Any]:
    """The batch of two surveys, a with a plan, at an address; every path there is from /lfs."""
    files = fsspec.filesystem("memory")
    for name in "ab":
        country.write(tmp_path / name, country.changed(country.SURVEY, title=f"Country {name}"))
    write_batch(tmp_path, {"survey": "a/survey.yaml", "plan": "a/nap.yaml"}, {"survey": "b/survey.yaml"})
    files.put(f"{tmp_path}/", "/lfs", recursive=True)
    yield files
    files.rm("/lfs", recursive=True)


def write_batch(folder: Path, *surveys: dict[str, Any], outputs: str = "out") -> Path:
    path = folder / "batch.yaml"
    path.write_text(yaml.safe_dump({"outputs": outputs, "surveys": list(surveys)}), "utf-8")
    return path


def change_batch(memory: Any, *surveys: dict[str, Any], outputs: str = "out") -> None:
    memory.pipe_file(
        "/lfs/batch.yaml", yaml.safe_dump({"outputs": outputs, "surveys": list(surveys)}).encode()
    )


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The surveys that were run, by a stand-in that reads what a notebook would."""
    seen: list[str] = []

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        survey = work / parameters["survey"]
        assert (survey.parent / "persons.csv").is_file()
        if name == "1_survey":
            seen.append(survey.parent.name)
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=1)]),
            work / f"{name}.ipynb",
        )
        if name == "3_estimate":
            (work / "estimates.csv").write_text(country.published().table.to_csv(index=False), "utf-8")

    monkeypatch.setattr(batch, "_execute", execute)
    monkeypatch.setattr(batch, "page", copied)
    return seen


def held(memory: Any) -> dict[str, bytes]:
    return {path.removeprefix("/lfs/"): memory.cat_file(path) for path in memory.find("/lfs/out")}


def test_the_keys_of_surveys_at_an_address_are_made_there_once(
    memory: Any, calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", ADDRESS]) == 0
    made = {name: memory.cat_file(f"/lfs/{name}/suppression.key") for name in "ab"}
    assert main(["batch", ADDRESS]) == 0
    assert {name: memory.cat_file(f"/lfs/{name}/suppression.key") for name in "ab"} == made
    secrets = [text.split()[-1] for text in made.values()]
    assert not any(secret in content for content in held(memory).values() for secret in secrets)
    memory.rm("/lfs/a/suppression.key")
    assert main(["batch", ADDRESS]) == 2
    assert "a: none" in capsys.readouterr().err


def test_a_batch_at_an_address_leaves_its_results_there(
    memory: Any, calls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", ADDRESS]) == 0
    assert "open memory://lfs/out/index.html" in capsys.readouterr().out
    found = held(memory)
    notebooks = {
        f"{n}.{kind}" for n in ("1_survey", "2_classify", "3_estimate") for kind in ("html", "ipynb")
    }
    whole = {"estimates.csv", "run.json", *notebooks}
    assert set(found) == {
        "out/.lock",
        "out/index.html",
        "out/assets/plotly.min.js",
        *(f"out/b/{name}" for name in whole),
        *(f"out/a/{name}" for name in whole | {"4_nap.html", "4_nap.ipynb"}),
    }
    assert b"Country a" in found["out/index.html"]
    assert b"Country b" in found["out/index.html"]
    assert found["out/.lock"] == b""
    assert not any(
        b"/tmp" in content for name, content in found.items() if name.endswith((".json", ".ipynb"))
    )


def test_what_is_current_there_is_skipped_and_what_is_not_is_done_again(
    memory: Any, calls: list[str]
) -> None:
    assert run_stored(ADDRESS, say=quiet)
    before = held(memory)
    assert run_stored(ADDRESS, resume=True, say=quiet)
    assert sorted(calls) == ["a", "b"]
    assert held(memory) == before
    memory.pipe_file("/lfs/a/persons.csv", memory.cat_file("/lfs/a/persons.csv") + b"\n")
    memory.rm_file("/lfs/out/b/estimates.csv")
    said = list[str]()
    assert run_stored(ADDRESS, resume=True, say=said.append)
    assert sorted(calls) == ["a", "a", "b", "b"]
    assert "a: runs again, because persons.csv changed" in said
    assert "b: runs again, because estimates.csv changed after the run" in said


def test_results_half_left_are_not_taken_for_whole(
    memory: Any, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_stored(ADDRESS, say=quiet)
    memory.pipe_file("/lfs/a/persons.csv", memory.cat_file("/lfs/a/persons.csv") + b"\n")
    real = Store.put

    def fails(store: Store, name: str, here: Path) -> None:
        if name == "out/a/3_estimate.html":
            raise OSError("the connection broke")
        real(store, name, here)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "put", fails)
        said = list[str]()
        assert not run_stored(ADDRESS, resume=True, say=said.append)
    assert any(
        line.startswith("a: failed: a of memory://lfs: files cannot be read or written there")
        for line in said
    )
    assert "out/a/run.json" not in held(memory)
    said.clear()
    assert run_stored(ADDRESS, resume=True, say=said.append)
    assert any(line.startswith("a: runs again, because the latest run failed") for line in said)
    assert "out/a/run.json" in held(memory)


def test_results_of_before_go_as_a_whole(memory: Any, calls: list[str]) -> None:
    for name in ("stale.txt", "restricted/estimates_full.csv"):
        memory.makedirs("/lfs/out/a/restricted", exist_ok=True)
        memory.pipe_file(f"/lfs/out/a/{name}", b"x")
    assert run_stored(ADDRESS, say=quiet)
    assert "out/a/stale.txt" not in held(memory)
    assert "out/a/restricted/estimates_full.csv" not in held(memory)


def test_an_earlier_round_and_rules_of_ones_own_are_fetched_too(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe_file("/lfs/b/mine.yaml", b"name: mine")
    memory.pipe_file("/lfs/a/partners.yaml", b"costs: []\n")
    parameters = {"rules": "mine.yaml", "before": "../a/survey.yaml"}
    change_batch(memory, {"survey": "b/survey.yaml", "plan": "a/nap.yaml", "parameters": parameters})
    there: set[str] = set()

    def run(run: Any, outputs: Path, *_: object, **__: object) -> batch.RunEnd:
        there.update(
            path.relative_to(outputs.parent).as_posix()
            for path in outputs.parent.rglob("*")
            if path.is_file()
        )
        return batch.RunEnd("passed")

    monkeypatch.setattr(remote_batch, "run_survey", run)
    run_stored(ADDRESS, say=quiet)
    assert there == {
        "a/nap.yaml",
        "a/partners.yaml",
        "a/persons.csv",
        "a/suppression.key",
        "a/survey.yaml",
        "b/mine.yaml",
        "b/persons.csv",
        "b/suppression.key",
        "b/survey.yaml",
    }


@pytest.mark.parametrize(
    ("survey", "outputs"),
    [({"survey": "../elsewhere/survey.yaml"}, "out"), ({"survey": "a/survey.yaml"}, "../out")],
)
def test_what_is_not_below_batch_yaml_is_refused(memory: Any, survey: dict[str, str], outputs: str) -> None:
    change_batch(memory, survey, outputs=outputs)
    with pytest.raises(BatchError, match="reads and writes in its own folder only"):
        run_stored(ADDRESS, say=quiet)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("memory://lfs/other.yaml", "memory://lfs/other.yaml: there is no such file"),
        ("nonsense://lfs/batch.yaml", "there is no such kind of address\n  found:   nonsense\n"),
    ],
)
def test_an_address_where_nothing_is_is_told(
    memory: Any, address: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", address]) == 2
    assert told in capsys.readouterr().err


def test_a_package_that_an_address_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(RequestError, match=r"pip install 'fltoolkit\[cluster\]'"):
        run_stored(ADDRESS, say=quiet)


def test_a_later_batch_takes_over_and_whoever_works_for_the_earlier_one_leaves_nothing(
    memory: Any, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., batch.RunEnd] = batch.run_survey

    def slow(*arguments: Any, **named: Any) -> batch.RunEnd:
        done = real(*arguments, **named)
        memory.pipe_file("/lfs/out/.lock", b"another")
        return done

    monkeypatch.setattr(remote_batch, "run_survey", slow)
    with pytest.raises(KeyboardInterrupt):
        run_stored(ADDRESS, workers=1, say=quiet)
    assert not [name for name in held(memory) if name.startswith(("out/a/", "out/b/"))]


def test_a_claim_is_seen_from_elsewhere(memory: Any) -> None:
    claim = RemoteLock(Store("memory://lfs"), "out/.lock", "me")
    assert claim.is_set()
    assert "is not there" in claim.unusable()
    claim.store.write("out/.lock", b"me")
    assert not claim.is_set()
    assert claim.unusable() == ""
    claim.set()
    assert claim.is_set()


def test_a_connection_that_fails_for_a_moment_stops_nobody(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bytes:
        raise OSError("no route")

    monkeypatch.setattr(Store, "read", fails)
    claim = RemoteLock(Store("memory://lfs"), "out/.lock", "me")
    assert not claim.is_set()
    assert claim.unusable() == "no route"


def test_one_survey_alone_leaves_the_index_to_the_batch(memory: Any, calls: list[str]) -> None:
    assert run_stored(ADDRESS, only="b", say=quiet)
    assert calls == ["b"]
    assert {name.split("/")[1] for name in held(memory)} == {".lock-b", "b"}
    assert run_stored(ADDRESS, resume=True, say=quiet)
    assert calls == ["b", "a"]
    assert {name.split("/")[1] for name in held(memory)} == {
        ".lock",
        ".lock-b",
        "a",
        "assets",
        "b",
        "index.html",
    }


def test_a_failed_run_is_told_at_the_address_until_another_takes_its_place(
    memory: Any, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    assert run_stored(ADDRESS, say=quiet)
    before = {name: content for name, content in held(memory).items() if name.startswith("out/a/")}
    with monkeypatch.context() as patch:
        patch.setattr(batch, "put_in_place", full)
        assert not run_stored(ADDRESS, only="a", say=quiet)
    assert b"the disk is full" in held(memory)["out/a.failed/run.json"]
    assert before == {name: content for name, content in held(memory).items() if name.startswith("out/a/")}
    change_batch(memory, {"survey": "a/survey.yaml", "plan": "a/nap.yaml"})
    assert run_stored(ADDRESS, resume=True, say=quiet)
    assert not [name for name in held(memory) if "a.failed" in name]
    assert b"1 survey. " in held(memory)["out/index.html"]
