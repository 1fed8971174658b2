"""One Spark cluster for all tests of this folder, two processes beside the driver; tables are given to it as
Parquet files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pytest
from classify.conftest import spec  # noqa: F401 - a fixture

import fltoolkit as fl
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers.opened_file import open_table
from fltoolkit.survey.spec.survey_spec import read_spec

if TYPE_CHECKING:
    import pyarrow as pa

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.pyspark.python": "no-python-here",  # the executors need none
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",  # both executors are there before the first job
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # else each expression looks up the line that wrote it
    "spark.log.level": "ERROR",
    # Tables are small and plans are many: what is compiled is not worth its compiling.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    assert shutil.which("java"), "make test-spark needs Java 17 or 21 on the path"
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    for name in (
        "SPARK_HOME",
        "SPARK_CONF_DIR",
        "PYSPARK_PYTHON",
    ):  # the tests run on the PySpark that is locked, as it is
        os.environ.pop(name, None)
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("fltoolkit")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def in_spark(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[pa.Table], Any]:
    """An Arrow table as a PySpark DataFrame; what is null there and what is NaN stay apart."""

    def put(table: pa.Table) -> Any:
        import pyarrow.parquet

        path = tmp_path_factory.mktemp("table") / "table.parquet"
        pyarrow.parquet.write_table(table, path)
        return spark.read.parquet(str(path))

    return put


@pytest.fixture(scope="session")
def both(in_spark: Callable[..., Any]) -> Callable[[Path], tuple[fl.Survey, fl.Survey]]:
    """A survey read from its files, and the same from PySpark DataFrames that hold what the files hold."""

    def read(path: Path) -> tuple[fl.Survey, fl.Survey]:
        folder, files = path.parent, read_spec(path).files
        names = [
            n for f in (files.person, files.household, files.module, files.episodes) if f for n in f.path
        ]
        tables = {}
        for name in names:
            opened: Any = nw.to_native(open_table(folder / name, connect(), as_text=True))
            tables[name] = in_spark(opened.to_arrow_table())
        return fl.read_survey(path), fl.read_survey(path, tables)

    return read


@pytest.fixture(scope="session")
def collected(spark: Any) -> Iterator[list[int]]:
    """How many rows each answer of the cluster had that Python received; what would hand over rows by another
    way fails."""
    from pyspark.sql.classic.dataframe import DataFrame

    rows: list[int] = []
    patch = pytest.MonkeyPatch()

    def counted(way: Callable[..., Any]) -> Callable[..., Any]:
        def collect(frame: Any, *arguments: Any, **named: Any) -> Any:
            found = way(frame, *arguments, **named)
            rows.append(found.num_rows if hasattr(found, "num_rows") else len(found))
            return found

        return collect

    def refused(name: str) -> Callable[..., Any]:
        def fail(*_: Any, **__: Any) -> Any:
            raise AssertionError(f"the kit called {name} of a PySpark DataFrame")

        return fail

    for name in ("toPandas", "toArrow", "collect"):
        patch.setattr(DataFrame, name, counted(getattr(DataFrame, name)))
    for name in (
        "tail",
        "toLocalIterator",
        "foreach",
        "foreachPartition",
        "persist",
        "cache",
        "checkpoint",
        "localCheckpoint",
    ):
        patch.setattr(DataFrame, name, refused(name))
    for name in ("rdd", "write"):
        patch.setattr(DataFrame, name, property(refused(name)))
    yield rows
    patch.undo()
