"""Opens DuckDB without network access, with a memory limit and without progress bars."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fltoolkit.errors import RequestError

if TYPE_CHECKING:
    import duckdb

MEMORY, AMOUNT = "FLTOOLKIT_MEMORY", r"\d+(\.\d+)? ?[MG]i?B"


def connect() -> duckdb.DuckDBPyConnection:
    """Returns a new DuckDB connection for a survey. It works in memory and never loads an extension from the
    network.

    The memory limit is that of the environment variable FLTOOLKIT_MEMORY, or DuckDB's own. Data beyond the
    limit go to a folder that only this account can read. The folder is removed when the process ends. The
    order of rows is kept. This matters if persons were drawn directly: the row numbers are then the labels of
    the sampling units, and must be the same each time the rows are read.

    Raises:
        RequestError: the value of FLTOOLKIT_MEMORY is not an amount of memory.
    """
    limit = os.environ.get(MEMORY, "").strip()
    if limit and not re.fullmatch(AMOUNT, limit):
        raise RequestError(
            "this is no amount of memory",
            where=MEMORY,
            found=limit,
            allowed="a number and MB or GB, such as 4GB",
            do=f"correct it, or leave {MEMORY} unset: the limit is then four fifths of the machine's memory",
        )
    import duckdb

    try:
        return _connection(limit)
    except (duckdb.FatalException, duckdb.ConnectionException):
        # After a fatal error, a database refuses every query. A new one is opened, so that one survey does
        # not stop all later ones.
        _database.cache_clear()
        return _connection(limit)


def _connection(limit: str) -> duckdb.DuckDBPyConnection:
    con = _database(limit, os.getpid()).cursor()
    con.execute("SET enable_progress_bar = false")  # a bar would appear in notebooks and in printed output
    con.execute(
        "SET TimeZone = 'UTC'"
    )  # otherwise a moment would be another text, perhaps of another day, on each machine
    return con


@cache
def _database(limit: str, process: int) -> duckdb.DuckDBPyConnection:
    """Returns the one database of this process with this memory limit. All surveys share it, because opening
    a database takes as long as four queries. They do not share tables, because each survey keeps its rows in
    temporary tables of its own connection (see `into_memory`). `process` is the number of the process: after
    a fork, a database cannot be used in the child."""
    import duckdb

    _remember_folded_names()
    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    settings["temp_directory"] = str(_spill_folder())
    settings["allocator_bulk_deallocation_flush_threshold"] = (
        "16MB"  # otherwise it keeps half a gigabyte that calculations need
    )
    return duckdb.connect(config=settings | ({"memory_limit": limit} if limit else {}))


def into_memory(relation: Any, con: duckdb.DuckDBPyConnection, name: str) -> Any:
    """Computes the rows of a DuckDB relation once, and keeps them as a table in memory. Returns a relation of
    this table. The table exists as long as the connection, and no other connection can read it."""
    con.execute(f"CREATE TEMPORARY TABLE {name} AS {relation.sql_query()}")
    return con.table(name)


@cache
def _remember_folded_names() -> None:
    """Let DuckDB remember the lower-case form of a column's name.

    DuckDB 2.0 computes this form for all columns of a table, for each expression of each step. For a small
    survey, this takes a fifth of the time. The results are the same. If a later version of DuckDB no longer
    has the function that is replaced here, nothing is done.
    """
    relation = sys.modules.get("duckdb._relation")  # `import duckdb` has loaded it
    if fold := getattr(relation, "fold_name", None):
        setattr(relation, "fold_name", lru_cache(maxsize=4096)(fold))  # noqa: B010


@cache
def _spill_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="fltoolkit_")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder, "spilled")  # DuckDB creates it when needed, and removes it when it is empty
