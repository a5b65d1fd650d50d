"""HTML and Markdown as a reader sees them, with damage, tricks and attacks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.markup import read


def shown(source: str, format_: str = "html") -> str:
    """What a reader reads, without the line ends at both sides."""
    return read(source, format_).as_written.strip()


@pytest.mark.parametrize(
    ("expected", "source"),
    [
        ("机密★30年", "机<b>密</b>&#9733;30年"),
        ("机密", "机<!-- x -->密"),
        ("机密", "<p>机<span></span>密</p>"),
        ("a < b & c", "a < b & c"),
        ("x<y", "x&lt;y"),
        ("&nosuch; &amp", "&nosuch; &amp;amp"),
        ("一\n二", "<p>一</p><p>二</p>"),
        ("一\n二", "一<br/>二"),
        ("一\t二\n三", "<table><tr><td>一<td>二<tr><td>三</table>"),
        ("一 二", "一\n二"),
        ("前\n后", "<div>前<div style='display: none'>中</div></div>后"),
        ("后", "<script>if (a < b) document.write('<p>机密')</script>后"),
        ("<", "<"),
        ("a<", "a<"),
        ("后\na>b", "<p title='a>b'>后"),
        ("后", '<p title="未完>后'),
        ("可见", "<input type=hidden value=看不见>可见"),
        ("文\n图注", '文<img alt="图注" src="a.png">'),
        ("正文\n题", "<title>题</title>正文"),
        ("\ufffd", "&#0;"),
        ("漢字\nhàn", "<ruby>漢<rt>hàn</rt></ruby>字"),
        # where browsers end a comment, and where nothing is one
        ("后", "<!-->后<!-- x -->"),
        ("后", "<!--->后<!-- x -->"),
        ("后", "<!-- x --!>后"),
        ("<!--\n后", "<textarea><!--</textarea><p>后</p>"),
        ("后-->\n<!--", "<title><!--</title>后-->"),
        ("机<b>密</b>", "<xmp>机<b>密</b></xmp>"),
        # a drawing is XML: its style may close itself, its CDATA is text
        ("后", "<svg><style/></svg>后"),
        ("机密\n后", "<svg><text><![CDATA[机密]]></text></svg><p>后</p>"),
        ("机密", "<svg><title>机<b>密</b></title></svg>"),
        ("后\n机密", '<p aria-description="机密">后</p>'),
    ],
)
def test_reader_sees(expected: str, source: str) -> None:
    """Tags and entities resolved, blocks on lines of their own, what is hidden gone."""
    assert expected == shown(source)


@pytest.mark.parametrize(
    ("hidden", "source"),
    [
        ("博彩", "<div style='display:none'>博彩</div>正文"),
        ("博彩", "<div hidden>博彩</div>正文"),
        ("博彩", "<p style='font-size:1px'>博彩</p>正文"),
        ("博彩", "<p style='text-indent:-9999px'>博彩</p>正文"),
        ("博彩", "<div style='visibility:&#104;idden'>博彩</div>正文"),
        ("博彩", "<template>博彩</template>正文"),
        ("博彩", "<input type='hidden' value='博彩'>正文"),
        ("博彩", "正文<!-- 博彩"),
        ("甲\n乙", "<div hidden>甲<p>乙</p></div>正文"),
        ("[CDATA[博彩]]", "<![CDATA[博彩]]>正文"),
        ("xml 博彩?", "<?xml 博彩?>正文"),
        ("博彩", "<p>正文</p 博彩>"),
        ("ELEMENT 博彩", "<!doctype html><!ELEMENT 博彩>正文"),
    ],
)
def test_hidden_text_is_read_apart(hidden: str, source: str) -> None:
    """What a reader cannot see is not in the page, and is not lost."""
    text = read(source, "html")

    assert "正文" == text.as_written.strip()
    assert [hidden] == [view.as_written.strip() for view in text.beside if view.seen == "hidden"]


def test_code_is_read_apart() -> None:
    """Scripts and styles are a view of their own."""
    text = read("<style>p{}</style><SCRIPT>var a='机密'</SCRIPT>正文", "html")

    assert ["p{}\nvar a='机密'"] == [view.as_written.strip() for view in text.beside if view.seen == "code"]


@pytest.mark.parametrize(
    "source",
    [
        r'<style>p::after { content: "\673a\5bc6 ★" }</style>',
        r"<script>a = '\u673a\u{5bc6}★'</script>",
        r"<script>a = '\x68\u673a\u5bc6★'; b = '\ud800'</script>",
    ],
)
def test_escaped_letters_of_code_are_read(source: str) -> None:
    """What a style or a script writes out on the page, and where it stands."""
    (code,) = read(source, "html").beside
    start = code.as_written.index("机密★")

    assert source[slice(*code.span(start, start + 2))].strip() in {
        r"\673a\5bc6",
        r"\u673a\u{5bc6}",
        r"\u673a\u5bc6",
    }


def test_links_with_words_and_places() -> None:
    """Every address with where it is written and what the reader clicks on."""
    source = (
        '<a href="http://a.com/?x=1&amp;y=2">市<b>政府</b></a><img src=b.png srcset="c.png 1x, d.png 2x">'
    )
    text = read(source, "html")

    assert ["http://a.com/?x=1&y=2", "b.png", "c.png", "d.png"] == [link.target for link in text.links]
    assert "市政府" == text.as_written[slice(*text.links[0].shown)]
    assert "http://a.com/?x=1&amp;y=2" == source[slice(*text.links[0].span)]


def test_cells_know_row_and_column() -> None:
    """Spanning cells push the others to their real columns."""
    text = read("<table><tr><th rowspan=2>姓名<th colspan=2>电话<tr><td>1<td>2</table>", "html")

    assert [(0, 0, "姓名", True), (0, 1, "电话", True), (1, 1, "1", False), (1, 2, "2", False)] == [
        (cell.row, cell.column, text.as_written[cell.start : cell.end], cell.header) for cell in text.cells
    ]


@pytest.mark.parametrize(
    ("expected", "source"),
    [
        ("标题\n机密★30年 市政府", "# 标题\n**机密**★30年 [市政府](http://www.example.gov.cn)"),
        ("138****1234 张**，李**", "138****1234 张**，李**"),
        ("5*3*2", "5*3*2"),
        ("代码", "`代码`"),
        ("甲乙", "甲<b>乙</b>"),
    ],
)
def test_markdown(expected: str, source: str) -> None:
    """Marks of Markdown are left out; stars that mask a name or number stay."""
    assert expected == shown(source, "markdown")


@given(st.text(alphabet=st.sampled_from("<>/!-='\"& ;#xapdivtrscript机密\n*[]()`|"), max_size=80))
@settings(max_examples=400, deadline=None)
def test_nothing_raises_and_places_are_true(source: str) -> None:
    """Any soup is read; each visible character lies in the range it is said to come from."""
    for format_ in ("html", "markdown"):
        for view in read(source, format_).views:
            for at, letter in enumerate(view.as_written):
                if letter in "机密":
                    span = view.span(at, at + 1)

                    assert letter == source[span.start : span.end]


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<div hidden>", "</div>", "<b>", "<td>", "<!--", "-->", "<a href=x>"])
    )
)
@settings(max_examples=200, deadline=None)
def test_no_text_is_lost(tags: list[str]) -> None:
    """Every word between any tags is in exactly one view."""
    words = [f"词{number}号" for number in range(len(tags) + 1)]
    source = words[0] + "".join(tag + word for tag, word in zip(tags, words[1:], strict=True))
    views = read(source, "html").views

    assert [1] * len(words) == [sum(view.as_written.count(word) for view in views) for word in words]


HOSTILE = {
    "angles": "<" * 1_000_000,
    "nested": "<div>" * 100_000 + "机密",
    "hidden nested": "<div hidden>" * 100_000,
    "open quotes": '<a "' * 200_000,
    "attribute": "<a " + "x" * 1_000_000 + ">",
    "attributes": "<a " + ' x="1"' * 150_000 + ">",
    "entities": "&amp;" * 200_000,
    "comments": "<!--" * 250_000,
    "empty comments": "<!-->" * 200_000,
    "declarations": "<!a" * 300_000,
    "CDATA": "<svg>" + "<![CDATA[" * 100_000,
    "titles": "<title>" * 100_000,
    "drawings": "<svg><style/>" * 50_000,
    "escapes": "<style>" + "\\5bc6" * 200_000,
    "tables": "<table>" * 50_000 + "<td>" * 50_000,
    "unclosed values": '<a b="' * 150_000,
    "brackets": "[" * 500_000 + "](" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_attacks_take_linear_time(name: str) -> None:
    """A megabyte of the worst is read in seconds, not hours. The bound is far above any machine's noise."""
    start = time.process_time()
    for format_ in ("html", "markdown"):
        _ = read(HOSTILE[name], format_).plain

    assert 20 > time.process_time() - start
