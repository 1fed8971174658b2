"""Tests YAML that would use up time or memory, or break its reader: it gives one clear error with its line.
Moderate aliases are legal."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
import yaml

from fltoolkit.errors import SpecError
from fltoolkit.nap.partner_entries import read_partners
from fltoolkit.yaml_files import loading
from fltoolkit.yaml_files.loading import DEEPEST, KIT, MOST_LISTED, Model, load_model, load_yaml, read_yaml


class Small(Model):
    """A model with one key."""

    numbers: dict[str, int]


def of(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


BOMB = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)
CHAIN = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300))
KEYS = {
    "lists 300 deep": ("a: " + "[" * 300 + "]" * 300, "line 1: keys or lists nest deeper than 40 levels"),
    "lists 100,000 deep and open": (
        "a: " + "[" * 100_000,
        "line 1: keys or lists nest deeper than 40 levels",
    ),
    "maps 300 deep": (
        "a: " + "{a: " * 300 + "1" + "}" * 300,
        "line 1: keys or lists nest deeper than 40 levels",
    ),
    "blocks 300 deep": (
        "".join(f"{' ' * i}a:\n" for i in range(300)),
        "line 40: keys or lists nest deeper than 40 levels",
    ),
    "aliases 300 deep": (CHAIN, "line 39: keys or lists nest deeper than 40 levels"),
    "an alias bomb": (BOMB, "line 6: the file holds more than 200,000 values, aliases written out"),
    "an alias of itself": ("a:\n  b: &x {c: *x}\n", "line 2: an alias refers to a value that contains it"),
    "an alias of nothing": ("a: *x\n", "line 1, column 4: this is not YAML: found undefined alias"),
    "a NUL": (
        "a: 1\nb: x\0y\n",
        "line 2: this is not YAML: it holds a character that YAML does not allow\n  found:   U+0000",
    ),
    "an escaped NUL": ('a: 1\nb: "x\\0y"\n', "line 2: a text holds the character NUL\n  found:   \\x00"),
    "half a character": ('a: "\\ud800"\n', "line 1: a text holds half a character\n  found:   \\ud800"),
    "an escape beyond Unicode": (
        'a: 1\nb: "\\U00110000"\n',
        "line 2: an escape sequence stands for no character",
    ),
    "a tag of a number": (
        "a: !!int abc\n",
        "line 1: a tag of YAML is not allowed here\n  found:   tag:yaml.org,2002:int",
    ),
    "a tag of a set": ("a: !!set {b}\n", "line 1: a tag of YAML is not allowed here"),
    "a tag of Python": (
        "a: !!python/object/apply:os.system [ls]\n",
        "line 1: a tag of YAML is not allowed here",
    ),
    "a key that is a list": ("a:\n  ? [b, c]\n  : d\n", "line 2: a key is a list or keys and values"),
    "UTF-16": ("a: 1\n".encode("utf-16"), ": the file cannot be read as UTF-8 text\n  found:   UTF-16 text"),
    "two documents": ("a: 1\n---\na: 2\n", "line 2, column 1: this is not YAML: but found another document"),
    "text alone": ("a word\n", ": the file must hold keys and values\n  found:   text alone"),
}


@pytest.mark.parametrize("kind", KEYS)
def test_yaml_that_cannot_be_taken_is_told_with_its_line_in_bounded_time(tmp_path: Path, kind: str) -> None:
    text, told = KEYS[kind]
    began = time.monotonic()
    with pytest.raises(SpecError) as error:
        load_yaml(of(tmp_path, text))
    assert time.monotonic() - began < 30
    assert told in error.value.message
    assert len(error.value.message) < 1000


def test_more_values_than_any_plan_has_are_refused_where_the_bound_is_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "MOST_VALUES", 100)
    assert (
        len(load_yaml(of(tmp_path, "a:\n" + "- 1\n" * 97))["a"]) == 97
    )  # with the mapping, the key and the list a hundred
    with pytest.raises(SpecError, match="line 99: the file holds more than 100 values"):
        load_yaml(of(tmp_path, "a:\n" + "- 1\n" * 98))


def test_a_file_of_200_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = of(tmp_path, "")
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(SpecError, match="too large") as error:
        load_yaml(path)
    assert error.value.allowed == "at most 5 MB"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "survey.yaml")
    with pytest.raises(SpecError, match="a named pipe"):
        load_yaml(tmp_path / "survey.yaml")
    os.mkfifo(tmp_path / "partners.yaml")
    with pytest.raises(SpecError, match="a named pipe"):
        read_partners(tmp_path / "nap.yaml")


def test_aliases_of_moderate_use_and_depth_stay_legal(tmp_path: Path) -> None:
    data = load_yaml(of(tmp_path, "a: &x {yes: 1, no: [2, 3]}\nb: *x\nc: [*x, *x]\n"))
    assert data["a"] == data["b"] == data["c"][0] == data["c"][1] == {"yes": "1", "no": ["2", "3"]}
    deep = DEEPEST - 2  # below the mapping, a scalar within so many lists
    value = load_yaml(of(tmp_path, "a: " + "[" * deep + "1" + "]" * deep))["a"]
    for _ in range(deep):
        (value,) = value
    assert value == "1"


def test_the_depth_of_one_key_says_nothing_of_the_next(tmp_path: Path) -> None:
    deep = "[" * 30 + "1" + "]" * 30
    assert list(load_yaml(of(tmp_path, f"a: &a {deep}\nb: {deep}\nc: [*a, *a]\n"))) == ["a", "b", "c"]


def test_what_was_found_is_cut_and_many_mistakes_are_counted(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        load_model(of(tmp_path, f"numbers: {{a: {'x' * 100_000}}}\n"), Small)
    assert len(error.value.message) < 600
    with pytest.raises(SpecError) as error:
        load_model(of(tmp_path, "numbers:\n" + "".join(f"  a{i}: x\n" for i in range(5000))), Small)
    lines = error.value.message.splitlines()
    assert lines[0].endswith("5000 key(s) need a change:")
    assert (len(lines), lines[-1]) == (MOST_LISTED + 2, f"  - … and {5000 - MOST_LISTED} more")


def test_a_key_with_nothing_or_null_counts_as_absent_and_quoted_null_is_text(tmp_path: Path) -> None:
    text = "a: null\nb: ~\nc:\nd: 'null'\ne: nullity\nnull: f\ng: [null]\n"
    assert load_yaml(of(tmp_path, text)) == {"d": "null", "e": "nullity", "null": "f", "g": ["null"]}


def test_a_file_is_parsed_again_only_when_it_changed_and_nobody_changes_what_another_reads(
    tmp_path: Path,
) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("codes: [A, B]\n", encoding="utf-8")
    first, node = read_yaml(path)
    first["codes"].append("C")
    again, same = read_yaml(path)
    assert same is node
    assert again == {"codes": ["A", "B"]}
    path.write_text("codes: [D]\n", encoding="utf-8")
    assert read_yaml(path)[0] == {"codes": ["D"]}


def test_a_file_of_data_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "persons.SAV").write_bytes(b"$FL2\x00\xff")
    with pytest.raises(SpecError, match=r"persons.SAV: this is a file of data(?s:.*)fltoolkit new"):
        read_yaml(tmp_path / "persons.SAV")


def as_told(node: yaml.Node) -> tuple[object, ...]:
    """A node with its place, and those below it."""
    below = (
        [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    )
    inside = below if isinstance(node, yaml.ScalarNode) else tuple(map(as_told, below))
    return node.tag, node.start_mark.line, node.start_mark.column, inside


@pytest.mark.parametrize("path", sorted(KIT.rglob("*.yaml")), ids=lambda path: path.stem)
def test_files_of_the_kit_are_read_in_c_as_others_are_read(path: Path, tmp_path: Path) -> None:
    data, node = read_yaml(path)
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    plain, same = read_yaml(copy)
    assert (node.start_mark.buffer is None, same.start_mark.buffer is None) == (yaml.__with_libyaml__, False)
    assert json.dumps(data) == json.dumps(plain)
    assert as_told(node) == as_told(same)
