"""The same rescan on Apache Spark: ``mapInArrow`` around the one ``screen_batch``.

pyspark is the cluster's own (its version rules) and is imported only here, and only on request.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from app.archive.batch import screen_batch
from app.archive.document import PAGES
from app.service import Service

if TYPE_CHECKING:
    from app.settings import Settings

_FINDING = (
    "STRUCT<rule: STRING, field: STRING, start: INT, end: INT, quote: STRING, suggestion: STRING, note: STRING,"
    " hidden: BOOLEAN, part: STRING, fingerprint: STRING, answer: STRING>"
)
SCHEMA = (
    "key STRING, digest STRING, url STRING, title STRING, published_on STRING, `column` STRING, unit STRING,"
    f" characters INT, verdict STRING, findings ARRAY<{_FINDING}>, unseen ARRAY<STRUCT<rule: STRING, reason: STRING>>"
)


@cache
def _service(settings: Settings) -> Service:
    """The rules, once for each worker process."""
    return Service.load(settings)


def screened(pages: Any, settings: Settings) -> Any:  # noqa: ANN401 Spark's DataFrames
    """A DataFrame of pages (columns of PAGES, others ignored) → a DataFrame of results."""

    def batches(tables: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for one in tables:
            yield from screen_batch(pa.Table.from_batches([one]), _service(settings)).to_batches()

    known = [name for name in PAGES.names if name in pages.columns]
    return pages.select(*known).mapInArrow(batches, SCHEMA)


def rescan(master: str, archive: str, out: str, settings: Settings) -> int:
    """Rescan what Spark can read (Parquet, JSON lines, a Hive table) into Parquet; the number of pages.

    Raises:
        ModuleNotFoundError: pyspark is not installed here.
    """
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master(master).appName("xianshen rescan").getOrCreate()
    try:
        reader = spark.read
        if archive.startswith("table:"):
            pages = reader.table(archive.removeprefix("table:"))
        else:
            pages = reader.json(archive) if archive.endswith((".jsonl", ".json")) else reader.parquet(archive)
        screened(pages, settings).write.mode("errorifexists").parquet(out)
        return int(spark.read.parquet(out).count())
    finally:
        spark.stop()
