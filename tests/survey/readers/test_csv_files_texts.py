from __future__ import annotations

from pathlib import Path

import narwhals as nw
import pytest
from hypothesis import given, settings, strategies as st
from thoroughness import tries

from fltoolkit.survey.engine.columns import text
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers.csv_files import MOST_ZEROS, Layout, columns_in_standard_form
from fltoolkit.survey.readers.opened_file import open_named


def standard(content: str, delimiter: str = ",") -> set[int]:
    header = content.splitlines()[0].split(delimiter)
    return set(columns_in_standard_form(content.encode(), Layout(delimiter, 0, tuple(header))))


@pytest.mark.parametrize(
    "content",
    ["a,b\n1,x y\n,2.5\n", "a,b\r\n1,\r\n01,3.04\r\n", "a,b\né,\xa0y", "a,b\n1.0.1,0.05"],
)
def test_plain_cells_are_in_standard_form(content: str) -> None:
    assert standard(content) == {0, 1}


@pytest.mark.parametrize(
    "cells",
    [
        '"1",2',
        " 1,2",
        "1 ,2",
        "1, 2",
        "1,2 ",
        "1,2 \n3,4",
        "1,\t2",
        "1,2\x0b",
        "1\x0c,2",
        "1,2\n3,4\r5,6",
        "1,2\r\n3,4\n5,6\r7,8",
    ],
)
def test_a_blank_around_a_text_or_a_quote_leaves_no_column(cells: str) -> None:
    assert standard(f"a,b\n{cells}") == set()


@pytest.mark.parametrize("cell", ["1.0", "1.00", "-2.000", ".0", "x.0"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_number_with_zeros_behind_the_point_takes_its_own_column_out(cell: str, end: str) -> None:
    assert standard(f"a,b,c\n1,{cell},3{end}") == {0, 2}
    assert standard(f"a,b,c\n1,2,{cell}{end}") == {0, 1}
    assert standard(f"a,b,c\n{cell},2,3{end}") == {1, 2}


def test_a_tab_between_cells_is_no_blank() -> None:
    assert standard("a\tb\n1\t2.0", "\t") == {0}
    assert standard("a\tb\n1\t 2", "\t") == set()


def test_an_unusual_delimiter_leaves_no_column() -> None:
    assert standard("a0b\n10.020", "0") == set()


def test_a_file_with_many_such_numbers_is_not_searched_to_its_end() -> None:
    assert standard("a,b\n" + "1.0,2\n" * MOST_ZEROS) == {1}
    assert standard("a,b\n" + "1.0,2\n" * (MOST_ZEROS + 1)) == set()


CELLS = st.text(st.sampled_from("01.- \té\xa0x"), max_size=4)


@settings(max_examples=tries(60, few=15), deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), end=st.sampled_from(["\n", "\r\n"]))
def test_columns_found_so_are_what_trimming_gives(
    rows: list[tuple[str, str]], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = Path(tmp_path_factory.mktemp("texts"), "a.csv")
    path.write_bytes(end.join(["a,b", *map(",".join, rows), ""]).encode())
    read = {"as_text": True, "only": {"a", "b"}, "delimiter": ","}
    plain, stored = open_named(path, connect(), **read), open_named(path, connect(), stored=True, **read)
    trimmed = (
        plain.frame.select(*(text(c, nw.String()).alias(c) for c in ("a", "b")))
        .collect("pyarrow")
        .to_native()
        .to_pydict()
    )
    kept = stored.frame.collect("pyarrow").to_native().to_pydict()
    assert {c: kept[c] for c in stored.texts} == {c: trimmed[c] for c in stored.texts}
    again = (
        stored.frame.select(*(text(c, nw.String()).alias(c) for c in ("a", "b")))
        .collect("pyarrow")
        .to_native()
        .to_pydict()
    )
    assert again == trimmed
