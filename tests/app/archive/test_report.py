"""What people and machines get of a result, also where there is more than a sheet or a page holds."""

from __future__ import annotations

import csv
import datetime
from contextlib import closing
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from app.archive import difference, report, worker
from app.archive.batch import screen_batch
from app.archive.document import Document, table
from app.archive.manifest import VERSION, Manifest
from app.archive.readers import Part
from app.service import Service
from app.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 11, 27)


@pytest.fixture(scope="module")
def service() -> Service:
    """The shipped rules."""
    return Service.load(Settings(unit_kind="department"))


def result(folder: Path, pages: list[Document], service: Service) -> Manifest:
    """A finished result in parts of two pages."""
    folder.mkdir()
    manifest = Manifest(folder, new=True)
    manifest.note(
        version=VERSION, archive="a", query="", finished=True, day="", data=service.data,
        rules=dict(service.detectors.rule_digests), ground=difference.ground(service),
    )  # fmt: skip
    for number, at in enumerate(range(0, len(pages), 2)):
        rows: list[dict[str, Any]] = screen_batch(table(pages[at : at + 2]), service).to_pylist()
        worker.write(rows, manifest.path(number))
        manifest.add(worker.summary(Part(number, "x", iter), rows, 0))
    return manifest


def sheet(folder: Path, name: str) -> list[tuple[Any, ...]]:
    """The lines of a sheet without its head."""
    book = openpyxl.load_workbook(folder / report.LIST)
    return list(book[name].iter_rows(min_row=2, values_only=True)) if name in book.sheetnames else []


def test_more_than_a_sheet_holds(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What must be dealt with comes first though it stands last; all is counted, and it is said where the rest is."""
    pages = [Document(f"r{at}", "县政府布署防汛工作。") for at in range(6)]
    pages += [Document(f"s{at}", "身份证号11010519491231002X") for at in range(3)]
    pages += [Document(f"u{at}", error="已加密") for at in range(6)]
    earlier = [Document(f"g{at}", "县政府布署防汛工作。") for at in range(20)]
    monkeypatch.setattr(report, "MOST_LINES", 5)
    with (
        closing(result(tmp_path / "a", earlier, service)) as before,
        closing(result(tmp_path / "b", pages, service)) as now,
    ):
        figures = report.write(now, service.detectors.rules, TODAY, before)
    folder = tmp_path / "b"
    answers = [row[11] for row in sheet(folder, "整改清单")]

    assert (5, 3) == (len(answers), answers.count("须处理"))
    assert (9, 6, 14) == (figures["findings"], figures["unread_count"], figures["gone"])
    assert (5, 5) == (len(sheet(folder, "未能检查")), len(sheet(folder, "已消除")))
    told = [row[0] for row in sheet(folder, "说明")]
    assert [
        "问题共 9 处，这里只列 5 处",
        "未能检查的共 6 处，这里只列 5 处",
        "已消除的共 14 处，这里只列 5 处",
    ] == [one[: one.index("处", one.index("列")) + 1] for one in told]
    page = (folder / report.PAGE).read_text(encoding="utf-8")
    assert "问题共 9 处，整改清单.xlsx 只列 5 处，先列须处理的" in page
    with (folder / report.CSV).open(encoding="utf-8-sig", newline="") as file:
        assert 9 == len(list(csv.DictReader(file)))
    assert 9 == pq.read_metadata(folder / report.PARQUET).num_rows


def test_the_list_can_be_read_on_paper(tmp_path: Path, service: Service) -> None:
    """A4 landscape, one page wide, head repeated, rows as high as their text; the number is kept but not printed."""
    with closing(result(tmp_path / "a", [Document("1", "县政府布署防汛工作。")], service)) as manifest:
        report.write(manifest, service.detectors.rules, TODAY)
    page = openpyxl.load_workbook(tmp_path / "a" / report.LIST)["整改清单"]
    last = len(report.HEADS)

    assert ("landscape", 9, True, 0) == (
        page.page_setup.orientation, page.page_setup.paperSize, page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.fitToHeight,
    )  # fmt: skip
    assert ("$1:$1", "A2") == (page.print_title_rows, page.freeze_panes)
    assert "编号" == page.cell(1, last).value
    assert (
        f"A1:{page.cell(2, last - 1).coordinate}" == str(page.print_area).replace("$", "").rpartition("!")[2]
    )
    assert page.auto_filter.ref == f"A1:{page.cell(2, last).coordinate}"
    reason = str(page.cell(2, 10).value)
    assert page.row_dimensions[2].height >= 15 * (2 * len(reason) // 30)
    assert 255 >= sum(width for _, width in report.HEADS[:-1]), "wider, nobody could read it on A4"
