"""A result that a cluster wrote, taken into a result folder, so that it has report, lists and later comparisons."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from app import ENGINE
from app.archive import difference, worker
from app.archive.document import RESULTS
from app.archive.manifest import VERSION, Manifest, ResultError
from app.archive.readers import Part

if TYPE_CHECKING:
    from pathlib import Path

    from app.service import Service

_ROWS = 5_000  # of a part


def adopt(written: Path, out: Path, archive: str, service: Service) -> Manifest:
    """Take the Parquet files in ``written`` into the new result folder ``out``; the finished manifest.

    Raises:
        ResultError: there is a result in ``out`` already, or these are no files of a finished rescan.
    """
    if (out / "manifest.sqlite").exists():
        raise ResultError(f"{out} 里已有另一次复查；请另选 --out")
    files = sorted(written.rglob("*.parquet"))
    if not files:
        raise ResultError(f"{written} 中没有 Parquet 文件，不是集群写出的结果")
    if any("_temporary" in path.parts for path in files):
        raise ResultError(f"{written} 还没有写完（有 _temporary 文件夹），不能出报告；请重做集群上的复查")
    for path in files:
        _check(path, service)
    out.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(out, new=True)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    manifest.note(
        version=VERSION, engine=ENGINE, archive=archive, query="", columns={}, since="", data=service.data,
        ground=difference.ground(service), rules=dict(service.detectors.rule_digests), begun_on=now, finished=False,
        day=datetime.date.today().isoformat(), checklists=[one.id for one in service.default],  # noqa: DTZ011 the office's
    )  # fmt: skip
    number = 0
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS, columns=RESULTS.names):
                rows: list[dict[str, Any]] = pa.Table.from_batches([batch]).to_pylist()
                worker.write(rows, manifest.path(number))
                manifest.add(worker.summary(Part(number, path.name, iter), rows, 0))
                number += 1
    manifest.note(finished=True, finished_on=now)
    return manifest


def _check(path: Path, service: Service) -> None:
    """Whether a file is of a rescan under rules that are known here; before anything is begun.

    Raises:
        ResultError.
    """
    try:
        with pq.ParquetFile(path) as file:
            if lacking := [name for name in RESULTS.names if name not in file.schema_arrow.names]:
                raise ResultError(f"{path} 不是复查结果（没有列 {'、'.join(lacking)}）")
            for batch in file.iter_batches(_ROWS, columns=["findings"]):
                rules = pc.unique(pc.struct_field(batch["findings"].flatten(), "rule")).to_pylist()
                if unknown := [one for one in rules if one not in service.detectors.rules]:
                    raise ResultError(
                        f"{path} 中的规则 {unknown[0]} 这里没有；请用与集群相同的程序和词库出报告"
                    )
    except (pa.ArrowException, OSError) as error:
        raise ResultError(f"{path} 不是复查结果，或已损坏（{error}）") from error
