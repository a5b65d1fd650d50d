"""Masks: what stays to be seen, and that nothing private is left in a masked copy."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.masking import covered, mask_quote, masked, redact
from detectors import Detectors, load
from detectors.markup import read
from detectors.text import Text, join

ID, MOBILE, CARD = "11010519491231002X", "13800138000", "6222021234567890128"


@cache
def all_rules() -> Detectors:
    return load()


def private(source: str, format_: str = "text") -> list[tuple[str, str]]:
    """What is still private in a source."""
    return [
        (one.rule.id, one.quote)
        for one in all_rules().look(read(source, format_)).findings
        if one.rule.private
    ]


def copy(source: str, format_: str = "text") -> str:
    """Its masked copy."""
    text = read(source, format_)
    return redact(text, all_rules().look(text).findings).source


@pytest.mark.parametrize(
    ("rule", "letters", "expected"),
    [
        ("resident-id", ID, "110105********002X"),
        ("resident-id", "110105491231002", "110105******002"),
        ("resident-id", "110105 19491231 002X", "110105 ******** 002X"),
        ("mobile-phone", MOBILE, "138****8000"),
        ("mobile-phone", "一三八〇〇一三八〇〇〇", "一三八****八〇〇〇"),
        ("mobile-phone", "８６-１３８００１３８０００", "８６-１３８****８０００"),
        ("bank-card", CARD, "622202*********0128"),
        ("personal-landline", "0531-82340115", "0531-****0115"),
        ("personal-email", "zhouxm@163.com", "z*****@163.com"),
        ("passport", "E12345678", "E*****678"),
        ("military-paper", "空字第12345678号", "空字第*****678号"),
        ("home-address", "云州区西坪镇李家村三组12号", "云州区西坪镇********"),
        ("sensitive-circumstance", "周小满", "周某某"),
        ("minor-identity", "欧阳小满", "欧阳某某"),
        ("sensitive-circumstance", "古丽·买买提", "古某·某某某"),
        ("birthdate", "1990年3月7日", "1990年*月*日"),
        ("licence-plate", "晋BD12345", "晋B****45"),
        ("credentials", "Abc123", "******"),
        ("weak-mask", "11010519491231****", "110105************"),
        ("weak-mask", "138001380**", "138****80**"),
        ("unknown-rule", "内容", "**"),
    ],
)
def test_masks_of_national_practice(rule, letters, expected):
    """Sign for sign, as courts and agencies write them."""
    assert expected == masked(f"pii.{rule}", letters)


def test_quotes_of_answers_are_masked():
    """The heading of a column is no secret; a quote of a rule that is not private stays."""
    look = all_rules().look(read(f"姓名\t身份证号\n周小满\t{ID}\n\n户主手机{MOBILE}。截至2月30日。"))
    quotes = {one.rule.id: mask_quote(one) for one in look.findings}

    assert "身份证号" == quotes["pii.table-column"]
    assert "138****8000" == quotes["pii.mobile-phone"]
    assert "2月30日" == quotes["number.impossible-date"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>户主手机138<b>0013</b>8000</p>", "<p>户主手机138<b>****</b>8000</p>"),
        ("<p>户主手机138&#48;0138000</p>", "<p>户主手机138&#42;***8000</p>"),
        (
            f"<a href='tel:{MOBILE}' data-n='{MOBILE}'>户主{MOBILE}</a>",
            "<a href='tel:138****8000' data-n='138****8000'>户主138****8000</a>",
        ),
        (f"<!-- 身份证{ID} --><p>正文</p>", "<!-- 身份证110105********002X --><p>正文</p>"),
        ("<p>村民周小满患有尿毒症。周小满家境困难。</p>", "<p>村民周某某患有尿毒症。周某某家境困难。</p>"),
    ],
)
def test_html_stays_html(source, expected):
    """Tags between the signs stay where they are; hidden copies and later mentions go too."""
    assert expected == copy(source, "html")


def test_other_families_quote_masked_too():
    """A number in the quote, the note or the proposal of another rule is masked there as well, wholly or in part."""
    source = f"户主手机{MOBILE}，身份证{ID}。"
    text = read(source)
    private = list(all_rules().look(text).findings)
    rule = next(one for one in all_rules().rules.values() if not one.private)
    whole = rule.at(text, 0, len(source) - 1, suggestion=f"改为{MOBILE}", note=f"{ID}有误。")
    part = rule.at(text, 2, 8)
    inside = rule.at(text, 6, 9)
    done = {one.span: one for one in covered([*private, whole, part, inside]) if one.rule is rule}

    assert "户主手机138****8000，身份证110105********002X" == done[whole.span].quote
    assert ("改为138****8000", "110105********002X有误。") == (
        done[whole.span].suggestion,
        done[whole.span].note,
    )
    assert "******" == done[part.span].quote
    assert "8**" == mask_quote(done[inside.span])


def test_other_families_give_no_cell_away():
    """The cells of a column that is announced as personal are hidden in other quotes."""
    source = f"姓名\t身份证号\n周小满\t{ID}"
    private = list(all_rules().look(read(source)).findings)
    rule = next(one for one in all_rules().rules.values() if not one.private)
    other = rule.at(read(source), source.index("周"), len(source))

    assert f"***\t{'*' * 18}" == covered([*private, other])[-1].quote


def test_column_is_masked_cell_by_cell():
    """The heading stays, each cell is masked as what it holds."""
    source = f"姓名\t身份证号\t电话\t病种\n周小满\t{ID}\t{MOBILE}\t尿毒症"

    assert "姓名\t身份证号\t电话\t病种\n周小满\t110105********002X\t138****8000\t***" == copy(source)


def test_two_copies_no_longer_complete_each_other():
    """The second one loses its tail."""
    source = "周小满，身份证号110105********002X；周小满，身份证号1101051949123*****"

    assert "周小满，身份证号110105********002X；周小满，身份证号110105************" == copy(source)


def test_title_and_body_keep_their_seam():
    """Of a joined text the title keeps its length, so that fields can be taken apart again."""
    text = join((Text.of(f"户主手机{MOBILE}"), read(f"<p>身份证{ID}</p>", "html")))
    redacted = redact(text, all_rules().look(text).findings)

    assert "户主手机138****8000\n<p>身份证110105********002X</p>" == redacted.source
    assert [text.source[mask.span.start : mask.span.end] for mask in redacted.masks] == [MOBILE, ID]
    assert ["138****8000", "110105********002X"] == [mask.masked for mask in redacted.masks]


def test_thousands_are_masked():
    """No finding's limit leaves a number behind."""
    assert [] == private(copy("\n".join(f"身份证号：{ID}。" for _ in range(700))))


SENTENCES = st.sampled_from(
    [
        f"申请人身份证号：{ID}。", f"户主手机{MOBILE}，", "本人电话139-0000-1234；", f"领款人卡号{CARD}，", "邮箱zhou.xm@qq.com。", "护照号E12345678，",
        "现住云州区西坪镇阳光小区3号楼2单元501室。", "家庭住址：城东镇解放路12号。", "村民周小满患有尿毒症，", "被害女童吴谷雨（9岁）已安置。",
        "身份证号11010519491231****。", "驾驶晋B12345轿车，", "初始密码为123456。", "社区矫正对象李冬至按时报到。", "学籍号：G11010519491231002X，",
        "出生日期：1990年3月7日，姓名周某。", "身份证号一一〇一〇五一九四九一二三一〇〇二X，", "监督电话0352-2345678。", "共12户、138人，投资500万元。",
        "周某，女，56岁，西坪镇李家庄村人，确诊肺结核。", f"\n姓名\t身份证号\t电话\n周小满\t{ID}\t{MOBILE}\n", "联系人王工13800138001。",
        "惠农一卡通账号：8010123456789。", "社保卡号：A12345678，", "患者住院号：202400123。", "微信：zxm_880011，", "QQ：123456789。",
        "身份证号110105********002X，", "手机138****8000，", "港澳居民来往内地通行证H1234567801，",
        "周某车架号LSVAM4187C2184841，", "机主手机串号490154203237518，", "户主宽带账号：099012345678。", "驾驶证档案编号：140200123456，",
        "本人邮箱zhou.xm(at)163.com，", "本人Q号12345678，", "家长微信号（xiaoman_88）。", "残疾人证号：11010519491231003844，", "储户吴谷雨因征信不良被拒。",
        "身份证号110105******31002X，", f"\n序号,姓名,身份证号\n1,周小满,{ID}\n", "\n权利人\t坐落\n周小满\t阳光小区3号楼2单元501室\n",
        "家住向阳小区二号楼一单元五零一室。", "土地证号：临集用（2010）第01234号，", "退役军人优待证号：110000123456789012。", "户主座机在家，宅电：010-62345678。",
    ]
)  # fmt: skip


@given(st.lists(SENTENCES, min_size=1, max_size=8))
@settings(max_examples=120, deadline=None)
def test_nothing_private_is_left(sentences):
    """Screening the masked copy of any post finds nothing private, and nothing else has moved."""
    source = "".join(sentences)
    after = copy(source)

    assert [] == private(after)
    assert len(source) == len(after)


class Shape(HTMLParser):
    """The tags of a page in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag):
        self.tags.append(("/" + tag, ()))


@given(st.lists(SENTENCES, min_size=1, max_size=6), st.integers(2, 9), st.booleans())
@settings(max_examples=120, deadline=None)
def test_nothing_private_is_left_in_html(sentences, every, entities):
    """The same with a tag or an entity inside every number; the tags stay as they were."""
    letters = "".join(sentences)
    pieces = [
        f"<i>{letter}</i>"
        if number % every == 0 and letter not in "\n\t"
        else f"&#{ord(letter)};"
        if entities and number % 5 == 0
        else letter
        for number, letter in enumerate(letters)
    ]
    source = "<div class='a'><p>" + "".join(pieces).replace("\n", "<br>") + "</p></div>"
    after = copy(source, "html")

    assert [] == private(after, "html")
    assert Shape(source).tags == Shape(after).tags
