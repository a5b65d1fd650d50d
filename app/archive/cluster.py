"""The same rescan on Apache Spark: ``mapInArrow`` around the one ``screen_batch``.

pyspark is the cluster's own (its version rules) and is imported only here, and only on request.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from app.archive.batch import screen_batch
from app.archive.document import RESULTS, table
from app.archive.manifest import ResultError
from app.archive.readers import TABLE, ArchiveError, Columns, loose_document
from app.archive.worker import loaded

if TYPE_CHECKING:
    from app.service import Service
    from app.settings import Settings

_SPLIT = 8 * 1024 * 1024  # bytes of the archive for one task: some five seconds, lost when its worker dies
_PAGES = 500  # held by a worker at once


@cache
def _service(settings: Settings, data: str) -> Service:
    """The rules, once for each worker process."""
    service = loaded(settings)
    if service.data != data:
        raise ResultError("工作节点上的词库或规则与提交作业的机器不同；请用同一个环境包")
    return service


def screened(pages: Any, settings: Settings, columns: Columns, data: str) -> Any:  # noqa: ANN401 Spark's DataFrames
    """A DataFrame of pages, or of lines of JSON (one column "value") → a DataFrame of results (schema RESULTS).

    ``data`` is the digest that the driver's rules have: a worker with others refuses to mix them in.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    def batches(tables: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        service = _service(settings, data)
        for one in tables:
            made = [loose_document(row, "spark", columns) for row in one.to_pylist()]
            yield from screen_batch(table(made), service).to_batches()

    if pages.columns != ["value"]:
        columns.check(pages.columns, "归档")
        wanted = dict.fromkeys(columns.names.get(ours, ours) for ours in TABLE)
        pages = pages.select(*[name for name in wanted if name in pages.columns])
    return pages.mapInArrow(batches, from_arrow_schema(RESULTS))


def rescan(master: str, archive: str, out: str, settings: Settings, columns: Columns) -> int:
    """Rescan what Spark can read (Parquet, JSON lines, ``table:`` of Hive) into Parquet at ``out``; the number of pages.

    Raises:
        ModuleNotFoundError: pyspark is not installed here.
        ArchiveError: Spark cannot read the archive or write the result; not as many pages came out as went in.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql import Observation, SparkSession
    from pyspark.sql.functions import col, count, lit, trim

    if master.startswith("local"):  # its workers run here: in this environment, not in whatever python3 is
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    entered, left = Observation(), Observation()
    data = ThreadPoolExecutor(1).submit(lambda: loaded(settings).data)  # while Java starts
    builder = SparkSession.builder.appName("xianshen rescan")
    builder = builder.config("spark.sql.files.maxPartitionBytes", _SPLIT)
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", _PAGES)
    spark = (builder.master(master) if master else builder).getOrCreate()
    try:
        if archive.startswith("table:"):
            pages = spark.read.table(archive.removeprefix("table:"))
        elif archive.endswith((".jsonl", ".ndjson", ".json")):
            pages = spark.read.text(archive).where(trim(col("value")) != "")
        else:
            pages = spark.read.parquet(archive)
        many = count(lit(1)).alias("pages")  # counted as they go by: nothing is read twice
        results = screened(pages.observe(entered, many), settings, columns, data.result())
        results.observe(left, many).write.mode("errorifexists").parquet(out)
        read, written = int(entered.get["pages"]), int(left.get["pages"])
    except PySparkException as error:
        said = str(error).splitlines() or [type(error).__name__]
        why = next((line for line in reversed(said) if "Error: " in line), said[0])  # of the Python worker
        raise ArchiveError(f"Spark 作业失败：{why.strip()[:300]}") from error
    finally:
        spark.stop()
    if read != written:
        raise ArchiveError(f"读入 {read} 页，结果中却有 {written} 页；请查看 Spark 日志后重做")
    return written
