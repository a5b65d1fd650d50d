"""Addresses taken apart, the operator's tables, and what only a whole page shows."""

from __future__ import annotations

import datetime
import importlib
import pkgutil
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detectors
from detectors.known import NOTHING_KNOWN, Known
from detectors.markup import read
from detectors.rule import Detector, Finding
from detectors.rules import link
from detectors.rules.link import _address, _page
from detectors.rules.link._address import address, named
from detectors.rules.link._hosts import CLASSES, DOMAINS, hosts
from detectors.tables import TableError
from detectors.tables import read as read_table
from detectors.text import NOTHING_SAID, About, Text

SHIPPED = Path(_page.__file__).parent / "domains.csv"


@cache
def rules(known: Known = NOTHING_KNOWN) -> tuple[Detector, ...]:
    """The link rules for an installation."""
    names = [one.name for one in pkgutil.iter_modules(link.__path__) if not one.name.startswith("_")]
    modules = [importlib.import_module(f"{link.__name__}.{name}") for name in names]
    return tuple(detectors._detector(module, known) for module in modules)


def look(
    source: str, format_: str = "html", known: Known = NOTHING_KNOWN, about: About = NOTHING_SAID
) -> list[Finding]:
    """What the link rules find in every view."""
    text = read(source, format_, about)
    return [finding for view in text.views for one in rules(known) for finding in one.find(view)]


def ids(found: list[Finding]) -> list[str]:
    """Rule ids without the family."""
    return [finding.rule.id.removeprefix("link.") for finding in found]


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "kind", "host"),
    [
        ("https://www.qingshan.gov.cn/a.html?x=1#b", "web", "www.qingshan.gov.cn"),
        ("//www.qingshan.gov.cn/a", "web", "www.qingshan.gov.cn"),
        ("HTTP://WWW.Qingshan.GOV.CN/A", "web", "www.qingshan.gov.cn"),
        ("http://北京.政务.cn/", "web", "xn--1lq90i.xn--zfr164b.cn"),
        ("http://www.qingshan.gov.cn./", "web", "www.qingshan.gov.cn"),
        ("\n http://www.qing\tshan.gov.cn/ ", "web", "www.qingshan.gov.cn"),
        ("../a.html", "relative", None),
        ("?page=2", "relative", None),
        ("附件1：申请表.doc", "relative", None),
        ("#fj1", "fragment", None),
        ("", "empty", None),
        ("#", "empty", None),
        ("javascript:void(0);", "empty", None),
        ("JavaScript: ;", "empty", None),
        ("java\nscript:alert(1)", "script", None),
        ("\x01javascript:alert(1)", "script", None),
        ("mailto:a@qingshan.gov.cn", "contact", None),
        ("C:\\a\\b.doc", "file", None),
        ("\\\\server\\a", "file", None),
        ("weixin://dl/x", "app", None),
        ("#小程序://青山/x", "app", None),
        ("http//www.qingshan.gov.cn", "broken", "www.qingshan.gov.cn"),
        ("htttp://www.qingshan.gov.cn", "broken", "www.qingshan.gov.cn"),
        ("http:///www.qingshan.gov.cn", "broken", "www.qingshan.gov.cn"),
        ("www.qingshan.gov.cn", "broken", "www.qingshan.gov.cn"),
        ("http://", "broken", None),
        ("http://www.qingshan.gov.cn:99999/", "broken", None),
    ],
)
def test_kinds(target: str, kind: str, host: str | None) -> None:
    """Every form that editors write has its kind, as a browser would take it."""
    parts = address(target)
    assert (kind, host) == (parts.kind, parts.host.name if parts.host else None)


@pytest.mark.parametrize(
    ("name", "place", "shown"),
    [
        ("192.168.1.1", "intranet", "192.168.1.1"),
        ("3232235777", "intranet", "192.168.1.1"),
        ("0xc0a80101", "intranet", "192.168.1.1"),
        ("0300.0250.01.01", "intranet", "192.168.1.1"),
        ("192.168.257", "intranet", "192.168.1.1"),
        ("[::ffff:10.0.0.1]", "intranet", "10.0.0.1"),
        ("[fe80::1]", "intranet", "fe80::1"),
        ("169.254.169.254", "intranet", "169.254.169.254"),
        ("93.184.216.34", "number", "93.184.216.34"),
        ("oa", "intranet", "oa"),
        ("oa.qingshan.lan", "intranet", "oa.qingshan.lan"),
        ("www.gov.cn", "government", "www.gov.cn"),
        ("gov.cn", "government", "gov.cn"),
        ("xn--fiqs8s.xn--zfr164b", "government", "中国.政务"),
        ("gov.cn.example.com", "public", "gov.cn.example.com"),
        ("notgov.cn", "public", "notgov.cn"),
    ],
)
def test_whose_machine(name: str, place: str, shown: str) -> None:
    """Numbers in every notation, names inside, government names and names that only look like it."""
    host = named(name)
    assert host is not None
    assert (place, shown) == (host.place, host.shown)


@given(st.text(max_size=60) | st.from_regex(r"(?:https?|htp|javascript|data|//|www)[:/：.]{0,4}[\s\S]{0,40}"))
@settings(max_examples=400, deadline=None)
def test_no_address_breaks_the_reader(target: str) -> None:
    """Whatever stands in an attribute has a kind, and what is proposed instead is whole."""
    parts = address(target)
    assert parts.kind
    if parts.mended and parts.kind == "broken":
        assert address(address(parts.mended).mended or parts.mended).kind in {"web", "broken"}


# --- pages ------------------------------------------------------------------------------------


def test_thirty_government_links_are_silent() -> None:
    """The ordinary page of a government site: its own pages, other governments, pictures, mail, anchors."""
    links = "".join(
        f'<p><a href="{target}">关于第{number}号方案的通知</a></p>'
        for number, target in enumerate(
            [f"https://www.bm{n}.gov.cn/zwgk/t2024110{n}_{n}.html" for n in range(20)]
            + [
                "http://zwfw.qingshan.gov.cn:8080/icity",
                "//www.gov.cn/",
                "/zwgk/",
                "a.html",
                "../b.doc",
                "#top",
            ]
            + [
                "mailto:a@qingshan.gov.cn",
                "tel:12345",
                "https://www.beijing.gov.cn/?spm=1",
                "http://中国.政务/",
            ]
        )
    )
    assert [] == look(links + '<img src="/a.jpg"><img src="https://www.gov.cn/b.png" srcset="/c.png 2x">')


def test_one_finding_a_domain_with_all_places() -> None:
    """Ten links to one shop are one remark with nine further places."""
    html = "".join(f'<a href="https://www.qingshan-shop.com/p/{n}">商品{n}</a>' for n in range(10))
    (finding,) = look(html)
    assert ("link.commercial-site", 9) == (finding.rule.id, len(finding.places))
    assert all("/p/" in html[place.start : place.end] for place in finding.places)


def test_an_address_and_its_words_are_judged_once() -> None:
    """A link that shows its own address is one place, not two."""
    html = '<a href="http://www.qingshan-shop.com/">http://www.qingshan-shop.com/</a>'
    (finding,) = look(html)
    assert (9, 38) == tuple(finding.span)
    assert () == finding.places


def test_hidden_words_are_looked_at() -> None:
    """A forged address in a comment is found; a shop there is no link."""
    assert ["look-alike-domain"] == ids(
        look("<p>正文</p><!-- http://www.gov.cn.caijin.top/ http://www.shop.com/a -->")
    )


def test_scripts_are_not_read_as_text() -> None:
    """Identifiers of a script are no domains."""
    assert [] == look(
        "<script>window.top.location.href; a.com.cn = b.net; var u='http://www.x.com/'</script>"
    )


@pytest.mark.parametrize(
    "line",
    [
        "会议由news.cn、people.com.cn等媒体报道。",
        "请发送至qingshan@163.com或办公邮箱tj.js@qingshan-mail.com.cn。",
        "版本号为3.com.2，文件名为report.cn.doc，比值1.5。",
        "详见《Web 2.0时代》第3.net章，Node.js与ASP.NET平台。",
        "青山县人民政府网站(http://www.qingshan.gov.cn)及“青山发布”微信公众号。",
        "登录“学习强国”（www.xuexi.cn）学习平台。",
        "京东集团（JD.com）、阿里巴巴（Alibaba.com）等企业参会。",
        "举报网址：www.12377.cn，铁路12306网站www.12306.cn。",
    ],
)
def test_names_in_running_text_are_silent(line: str) -> None:
    """Media, mail, versions and companies' names are no links to shops."""
    assert [] == look(line, "text")


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ("见http://t.cn/A6x99。", "http://t.cn/A6x99"),
        ("见（https://www.shop99.com/a(1).html），谢谢", "https://www.shop99.com/a(1).html"),
        ("见https://www.shop99.com/a?x=1&y=2；另见附件", "https://www.shop99.com/a?x=1&y=2"),
        ("见https://www.shop99.com/，https://www.shop99.com/b", "https://www.shop99.com/"),
        ("访问WWW.Shop99.Com即可", "WWW.Shop99.Com"),
    ],
)
def test_an_address_ends_where_it_ends(line: str, quote: str) -> None:
    """The marks of the sentence around an address are not part of it."""
    assert quote == look(line, "text")[0].quote


# --- the operator's tables -----------------------------------------------------------------------


def known_with(folder: Path, rows: str, **more: frozenset[str]) -> Known:
    (folder / "domains.csv").write_text("domain,class,why,from,until\n" + rows, encoding="utf-8")
    return Known(tables=(folder,), **more)


def test_dated_approval(tmp_path: Path) -> None:
    """An approval counts from its first to its last day; before and after the site is strange."""
    known = known_with(tmp_path, "huodong.example.com,批准,县文旅局活动,2024-05-01,2024-10-31\n")
    html = '<a href="https://huodong.example.com/a">活动</a>'
    about = {day: About(published_on=datetime.date.fromisoformat(day), channel="wechat")
             for day in ("2024-04-30", "2024-05-01", "2024-10-31", "2024-11-01")}  # fmt: skip
    assert [["commercial-site"], [], [], ["commercial-site"]] == [
        ids(look(html, known=known, about=one)) for one in about.values()
    ]
    assert "2024-10-31" in look(html, known=known, about=about["2024-11-01"])[0].note


def test_retired_and_closed_domains(tmp_path: Path) -> None:
    """Subdomains, pictures and bare names of a retired domain; a closed government domain stays a government's no longer."""
    known = known_with(tmp_path, "jiuzhan.com,停用,2019年停用,,\nnyj.qingshan.gov.cn,关停,并入农业农村局,,\n")
    html = (
        '<a href="http://www.jiuzhan.com/a">旧</a><img src="http://img.jiuzhan.com/1.jpg">见jiuzhan.com。'
        '<a href="http://nyj.qingshan.gov.cn/">农业局</a>'
    )
    assert {"retired-domain": 3, "closed-government-domain": 1} == {
        name: ids(look(html, known=known)).count(name)
        for name in ("retired-domain", "closed-government-domain")
    }
    assert "2019年停用" in look(html, known=known)[0].note or "并入" in look(html, known=known)[0].note


def test_own_and_approved_domains_of_the_settings() -> None:
    """What the settings name is no strange site, with all that lies below it."""
    known = Known(
        own_domains=frozenset({"qingshan-fabu.com"}), approved_domains=frozenset({"www.youjia.com"})
    )
    html = '<a href="https://img.qingshan-fabu.com/a">甲</a><a href="https://youjia.com/b">乙</a>'
    assert ["leaves-government"] == ids(look(html, known=known))
    assert [] == look(html, known=known, about=About(channel="wechat"))


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("www.qingshanxian.com.cn", False),
        ("www.qingshanxiangov.com", True),
        ("www.qingshanxian-gov.com", True),
        ("www.qingshanxianggov.cn", True),
        ("www.qingshanxian.gov.cn", False),
        ("www.qingshanxiam.gov.cn", False),  # another county's real domain
        ("www.bieren.com", False),
    ],
)
def test_near_the_own_domain(host: str, found: bool) -> None:
    """One letter beside the unit's own domain, or other dots, is imitation; another government is not."""
    known = Known(own_domains=frozenset({"qingshanxian.gov.cn"}))
    assert found is ("look-alike-domain" in ids(look(f'<a href="http://{host}/">县政府</a>', known=known)))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("http://a.com/,批准,,,\n", r"domains\.csv:2: domain: 'http://a\.com/' is no host name"),
        ("a.com,准许,,,\n", r"domains\.csv:2: class: '准许' is not one of 本单位"),
        ("a.com,批准,,2024-02-30,\n", r"domains\.csv:2: from: 2024-02-30 is no day of the calendar"),
        ("a.com,批准,,2024-05-01,2024-04-01\n", r"domains\.csv:2: until 2024-04-01 is "),
        ("a.com,批准,,,\nA.com,停用,,,\n", r"domains\.csv:3: A\.com stands in line 2 already"),
        ("a.com,批准\n", r"domains\.csv:2: 2 cells under 5 columns"),
    ],
)
def test_a_wrong_table_stops_the_load(rows: str, reason: str, tmp_path: Path) -> None:
    """File, line and reason; nothing is guessed."""
    with pytest.raises(TableError, match=reason):
        hosts(known_with(tmp_path, rows))


def test_a_changed_table_is_read_anew(tmp_path: Path) -> None:
    """A reload sees what the operator changed since."""
    first = hosts(known_with(tmp_path, "a.com,批准,,,\n"))
    again = hosts(known_with(tmp_path, "a.com,停用,旧站,,\n"))
    assert ["approved", "retired"] == [table.entries["a.com"].kind for table in (first, again)]


def test_the_shipped_table() -> None:
    """It names no closed or retired domain of anybody: those rows show the format on reserved names."""
    rows = [row for row in read_table(SHIPPED, DOMAINS) if row.cells]
    assert (
        {"停用", "关停", "批准", "公共", "平台", "短链接", "商业", "稿源"}
        <= {row.word("class") for row in rows}
        <= set(CLASSES)
    )
    shown = [row.word("domain") for row in rows if row.word("class") in {"停用", "关停", "批准", "本单位"}]
    assert shown
    assert all(domain.endswith(".example") for domain in shown)


# --- hostile input -------------------------------------------------------------------------------

HOSTILE = ["http://a.cn/(", "a.cn)", "http:", "www.", "a@b.cn ", "http：//", "#小程序://", '<a href="#x">a</a>', "http://xn--a.cn ",
           '<a href="http://a.com">www.b.com</a>', "data-miniprogram-path=", "://"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_pages_take_linear_time(piece: str) -> None:
    """Four times the page takes not much more than four times as long."""

    def seconds(size: int) -> float:
        text = read((piece * (size // len(piece) + 1))[:size], "html" if "<" in piece else "text")
        _ = text.plain
        best = 9.0
        for _ in range(3):
            _page._last.page = None
            start = time.perf_counter()
            for one in rules():
                for count, _finding in enumerate(one.find(text)):
                    if count > 500:
                        break
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds(200_000) < 8 * seconds(50_000) + 0.02


def test_endless_addresses_are_cut() -> None:
    """A megabyte in an attribute is judged by its head."""
    for target in (
        "http:" * 200_000,
        "javascript:" + "(" * 900_000,
        "http://" + "a." * 400_000,
        "data:text/html," + "a" * 900_000,
    ):
        text = read(f'<a href="{target}">x</a>', "html")
        start = time.perf_counter()
        for one in rules():
            list(one.find(text))
        assert time.perf_counter() - start < 1


def test_the_last_page_is_forgotten() -> None:
    """Two texts in turn are never mixed up, and none is kept alive."""
    one, two = Text.of("见http://t.cn/A1"), Text.of("见http://www.gov.cn/")
    assert [1, 0, 1] == [len(_page.page(text).strange) for text in (one, two, one)]
    del one
    assert _page._last.text is not None
    assert _page._last.text() is None


LABELS = st.sampled_from(
    ["www", "a", "gov", "com", "cn", "city", "kobe", "ck", "qingshan", "jp", "xn--zfr164b", "nom", "br"]
)


@given(st.lists(LABELS, max_size=4), st.sampled_from(sorted(_address._SUFFIXES.tlds)))
def test_names_are_cut_as_the_list_says(labels: list[str], suffix: str) -> None:
    """Registrable domain, its label and its public suffix are those that tldextract finds, wildcards and exceptions too."""
    name = ".".join((*labels, _address._ascii(suffix.lstrip("*!."))))
    theirs = _address._SUFFIXES.extract_str(name)

    assert (theirs.top_domain_under_public_suffix, theirs.domain, theirs.suffix) == _address.parts(name)
    host = _address.named(name)
    assert host is None or (theirs.domain, theirs.suffix) == (host.label, host.suffix)
