"""Tables of the office: read exactly, or refused with file, line and reason."""

from __future__ import annotations

import datetime

import pytest

from detectors.known import Known
from detectors.rules.expression import leader_name, outdated_agency, outdated_place
from detectors.rules.source import unapproved_source
from detectors.tables import Column, Shape, TableError, files, read
from detectors.text import NOTHING_SAID, About, Text

SHAPE = Shape(
    columns=(
        Column("name", needed=True),
        Column("aliases", "words"),
        Column("class", among=("central", "local")),
        Column("valid_from", "day"),
        Column("valid_to", "day"),
    ),
    key=("name", "valid_from"),
    period=("valid_from", "valid_to"),
    singular=("name", "aliases"),
)


@pytest.fixture
def table(tmp_path):
    """Write a table and read it."""

    def write(letters, name="sources.csv"):
        path = tmp_path / name
        path.write_bytes(letters if isinstance(letters, bytes) else letters.encode())
        return read(path, SHAPE)

    return write


def test_csv_is_read_with_its_lines(table):
    """Words, several words in a cell, days and the line of each row."""
    rows = table(
        "name,aliases,class,valid_from,valid_to\n"
        "# 以下为中央新闻单位\n"
        "云山日报,云山报;云山网、云山客户端,local,2021-10-20,2025-06-30\n"
        "\n"
        '"青禾\n广播",,central,,\n'
    )

    assert ["云山日报", "青禾\n广播"] == [row.word("name") for row in rows]
    assert ("云山报", "云山网", "云山客户端") == rows[0].words("aliases")
    assert datetime.date(2021, 10, 20) == rows[0].day("valid_from")
    assert ((), None) == (rows[1].words("aliases"), rows[1].day("valid_to"))
    assert [3, 5] == [row.line for row in rows]


def test_excel_writes_a_mark_first(table):
    """“CSV UTF-8” of Excel begins with a byte order mark and ends lines with CR LF."""
    assert "云山日报" == table("\ufeffname,class\r\n云山日报,local\r\n".encode())[0].word("name")


def test_toml_is_read_with_its_lines(table):
    """Rows of TOML stand under [[row]]; a day may be a day of TOML."""
    rows = table(
        '# 稿源\n\n[[row]]\nname = "云山日报"\naliases = ["云山网"]\nvalid_from = 2021-10-20\n\n[[row]]\nname = "青禾广播"\n',
        "sources.toml",
    )

    assert [3, 8] == [row.line for row in rows]
    assert ("云山网",) == rows[0].words("aliases")
    assert datetime.date(2021, 10, 20) == rows[0].day("valid_from")


def test_a_table_may_be_empty(table):
    """A head without rows is a table of nothing, and so is an empty TOML file."""
    assert () == table("name,class\n")
    assert () == table("", "sources.toml")


@pytest.mark.parametrize(
    ("letters", "line", "reason"),
    [
        ("name,status\n云山日报,1\n", 1, "unknown column 'status'"),
        ("name,status\n", 1, "unknown column 'status'"),
        ("class\nlocal\n", 1, "column 'name' is missing"),
        ("name,name\n云山日报,青禾\n", 1, "stands there twice"),
        ("", 1, "no head line"),
        ("name,class\n云山日报,local\n青禾广播\n", 3, "1 cells under 2 columns"),
        ("name,class\n,local\n", 2, "name: empty"),
        ("name,class\n云山日报,foreign\n", 2, "'foreign' is not one of central, local"),
        ("name,valid_from\n云山日报,2024-02-30\n", 2, "2024-02-30 is no day of the calendar"),
        ("name,valid_from\n云山日报,2024/3/1\n", 2, "expected a day like 2024-05-01"),
        ("name,valid_from\n云山日报,2024年3月\n", 2, "expected a day like 2024-05-01"),
        ("name,valid_from,valid_to\n云山日报,2024-05-02,2024-05-01\n", 2, "valid_to 2024-05-01 is before"),
        ("name\n云山日报\n青禾广播\n云山日报\n", 4, "云山日报， stands in line 2 already"),
        ("name,aliases\n云山日报,\n青禾广播,云山日报\n", 3, "'云山日报' stands in line 2 already"),
        ("name\nYunshan\nＹＵＮＳＨＡＮ\n", 3, "stands in line 2 already"),
        ('name\n"云山日报\n', 2, "unexpected end of data"),
        ("name\n云山日报\n".encode("gb18030"), 2, "not UTF-8"),
    ],
)
def test_bad_csv_names_file_line_and_reason(table, letters, line, reason):
    """Nothing is guessed: the load stops and says where."""
    with pytest.raises(TableError) as error:
        table(letters)

    assert str(error.value).startswith(f"sources.csv:{line}: ")
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("letters", "line", "reason"),
    [
        ('[[row]]\nname = "云山日报"\nstatus = 1\n', 1, "unknown column 'status'"),
        ('[[row]]\nname = "云山日报"\n\n[[row]]\nclass = "local"\n', 4, "column 'name' is missing"),
        ("[[row]]\nname = 3\n", 1, "name: expected a word, got 3"),
        ('[[row]]\nname = "云山日报"\naliases = ["", "云山网"]\n', 1, "aliases: expected words"),
        ('[[row]]\nname = "云山日报"\nvalid_from = 2024-05-01T08:00:00\n', 1, "expected a day"),
        ('[[row]]\nname = "云山日报"\nvalid_from = 2024-02-30\n', 3, "sources.toml:3"),
        ('[[rows]]\nname = "云山日报"\n', 1, "unknown key 'rows'"),
        ('row = "云山日报"\n', 1, "rows are written as [[row]]"),
        ('[[row]]\nname = "云山日报"\n[[row]]\nname = "云山日报"\n', 3, "stands in line 1 already"),
    ],
)
def test_bad_toml_names_file_line_and_reason(table, letters, line, reason):
    """The same promises as for CSV."""
    with pytest.raises(TableError) as error:
        table(letters, "sources.toml")

    assert str(error.value).startswith(f"sources.toml:{line}: ")
    assert reason in str(error.value)


def test_a_row_can_complain(table):
    """What only the rule knows is wrong is told with file and line as well."""
    row = table("name\n云山日报\n")[0]

    assert "sources.csv:2: 网址不对" == str(row.wrong("网址不对"))


def test_folders_are_looked_through_in_order(tmp_path):
    """The shipped folder first, the operator's after it; other files are not touched."""
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    (first / "sources.toml").touch()
    (first / "sources.csv").touch()
    (first / "roster.csv").touch()
    (second / "sources.csv").touch()

    assert [first / "sources.csv", first / "sources.toml", second / "sources.csv"] == list(
        files((first, second), "sources")
    )


def test_a_missing_folder_is_an_error(tmp_path):
    """A folder that was configured and is not there is a mistake, not an empty table."""
    with pytest.raises(TableError, match="no such folder"):
        list(files((tmp_path / "nowhere",), "sources"))


# --- tables that the operator lays beside the shipped ones -----------------------------------


@pytest.fixture
def said(tmp_path):
    """What a rule says of a line, the operator's tables being these files."""

    def say(module, line, about=NOTHING_SAID, **tables):
        for name, letters in tables.items():
            (tmp_path / f"{name}.csv").write_text(letters, encoding="utf-8")
        find = module.prepare(Known(tables=(tmp_path,)))
        return [(finding.quote, finding.suggestion) for finding in find(Text.of(line, about))]

    return say


def test_roster_of_the_office_drives_the_leader_check(said):
    """A near miss of a listed name after a listed title is found, with the name."""
    roster = "name,titles,status,valid_from,valid_to,rank\n苏禾田,青川市市长,在任,2022-01-01,,1\n"

    assert [("苏和田", "苏禾田")] == said(leader_name, "青川市市长苏和田主持会议。", roster=roster)
    assert [] == said(leader_name, "青川市市长苏禾田主持会议。", roster=roster)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("苏禾田,青川市市长,休假,,,", "'休假' is not one of"),
        ("苏禾田,青川市市长,在任,,,甲", "rank: expected a number"),
        ("Su Hetian,青川市市长,在任,,,", "two to four Chinese letters"),
        ("苏禾田,青川市市长,在任,2022-13-01,,", "no day of the calendar"),
    ],
)
def test_bad_roster_stops_the_load(said, row, reason):
    """The message names file, line and reason."""
    with pytest.raises(TableError, match=reason) as error:
        said(leader_name, "一行字", roster=f"name,titles,status,valid_from,valid_to,rank\n{row}\n")

    assert str(error.value).startswith("roster.csv:2: ")


def test_list_of_sources_closes_the_door(said):
    """With a list of the operator's own, a source on neither list is found; one that has run out is too."""
    sources = "name,aliases,domains,class,valid_from,valid_to\n青川观察,,qcgc.example.cn,地方,,2023-12-31\n"
    later, before = (
        About(published_on=datetime.date(2024, 5, 1)),
        About(published_on=datetime.date(2023, 5, 1)),
    )

    assert [] == said(unapproved_source, "来源：远山周末")
    assert [("远山周末", None)] == said(unapproved_source, "来源：远山周末", sources=sources)
    assert [("青川观察", None)] == said(unapproved_source, "来源：青川观察", later, sources=sources)
    assert [] == said(unapproved_source, "来源：青川观察", before, sources=sources)
    assert [] == said(unapproved_source, "来源：青川市水利局", sources=sources)
    assert [] == said(unapproved_source, "来源：新华社", sources=sources)


def test_address_of_a_source_is_no_host_name(said):
    """A domain column that holds an address stops the load."""
    with pytest.raises(TableError, match=r"sources\.csv:2: domains: .* is no host name"):
        said(unapproved_source, "一行字", sources="name,domains\n青川观察,https://qcgc.example.cn/\n")


def test_old_names_of_the_place_are_added(said):
    """Agencies and places of the operator's own join the shipped ones."""
    agencies = "name,then,since,note\n农牧局,农业农村局,2019-03-01,\n"
    places = "name,then,since,parents\n青川县,青川区,2024-01-01,\n"

    assert [("农牧局", "农业农村局")] == said(outdated_agency, "请到县农牧局办理。", agencies=agencies)
    assert [("青川县", "青川区")] == said(outdated_place, "调研组赴青川县考察。", places=places)
