"""Personal data: the arithmetic, the traps, the excused, the tables, hostile pages."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import Detectors, load, pii
from detectors.known import Known
from detectors.markup import read
from detectors.text import About, fold

ID = "11010519491231002X"  # the example of GB 11643
CARD = "6222021234567890128"


@cache
def all_rules() -> Detectors:
    return load(Known(public_phones=frozenset({"13811112222"}), own_domains=frozenset({"163.com"})))


def seen(
    source: str, format_: str = "text", about: About | None = None, rules: Detectors | None = None
) -> list[tuple[str, str]]:
    """(tail of the rule's id, quote) of all personal-data findings."""
    text = read(source, format_) if about is None else read(source, format_, about)
    look = (rules or plain_rules()).look(text)
    assert () == look.unseen
    return [
        (one.rule.id.removeprefix("pii."), one.quote) for one in look.findings if one.rule.family == "pii"
    ]


@cache
def plain_rules() -> Detectors:
    return load()


# --- arithmetic


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002x",
        "810000199001010019",
        "820000199001010029",
        "830000199001010039",
        "911840199001010018",
    ],
)
def test_identity_numbers_of_all_residents(number):
    """Citizens, residents from Hong Kong, Macao and Taiwan, and foreigners have one check digit."""
    assert pii.is_resident_id(number)
    assert not pii.is_resident_id(number[:-1] + ("1" if number[-1] != "1" else "2"))


@pytest.mark.parametrize(
    "number",
    [
        "440524188001010014",
        "110105204912310020",
        "990105194912310020",
        "110105194913310020",
        "1101051949123100",
    ],
)
def test_what_is_no_identity_number(number):
    """Nobody alive was born in 1880 or in the future; 99 is no region, 13 no month."""
    assert not pii.is_resident_id(number)


@given(st.integers(0, 10**17 - 1))
def test_exactly_one_check_digit_fits(body):
    """Whatever the first 17 digits are, at most one last sign makes an identity number."""
    assert sum(pii.is_resident_id(f"{body:017d}{last}") for last in "0123456789x") <= 1


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13800138000", True), ("16512345678", True), ("19212345678", True), ("14912345678", True), ("17012345678", True),
        ("12800138000", False), ("15412345678", False), ("16012345678", False), ("19412345678", False), ("17491234567", False),
        ("1440123456789", True), ("8613800138000", True), ("013800138000", True), ("1380013800", False),
    ],
)  # fmt: skip
def test_mobile_networks(number, expected):
    """Numbers of the networks, virtual operators and machines; not the ones that nobody has."""
    assert expected is pii.is_mobile(number)


def test_social_credit_code_is_public():
    """A code of 18 digits guards against being taken for a person."""
    assert pii.is_credit_code("91110000600037341l")
    assert [] == seen("统一社会信用代码：91110000600037341L")


@pytest.mark.parametrize("number", ["6222021234567890128", "6228480402564890018"])
def test_cards(number):
    """Luhn, 16 to 19 digits."""
    assert pii.is_card(number)
    assert not pii.is_card(number[:-1] + str((int(number[-1]) + 1) % 10))


# --- spellings


@pytest.mark.parametrize(
    "written",
    [
        ID, ID.lower(), "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "110105-19491231-002X", "110105 1949 1231 002X",
        "一一〇一〇五一九四九一二三一〇〇二X", "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "1101051949\n1231002X", "110105·19491231·002X",
    ],
)  # fmt: skip
def test_identity_number_however_written(written):
    """Full width, spaces, dashes, spoken digits, a broken line: the same number, found once."""
    assert [("resident-id", written)] == seen(f"申请人身份证号：{written}，已核。")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>身份证110105<i>1949</i>1231<b>002X</b></p>", "resident-id"),
        ("<p>身份证110105&#49;&#57;491231002X</p>", "resident-id"),
        ("<table><tr>" + "".join(f"<td>{one}</td>" for one in ID) + "</tr></table>", "resident-id"),
        ("<p>身份证110105\u200b19491231\u2060002X</p>", "resident-id"),
        ("<!-- 身份证11010519491231002X --><p>正文</p>", "resident-id"),
        ("<div style='display:none'>本人手机13800138000</div>", "mobile-phone"),
        ("<img alt='户主手机13800138000' src='a.png'>", "mobile-phone"),
        ("<script>var phone='13800138000'</script>", "mobile-phone"),
    ],
)
def test_numbers_cut_by_markup(source, expected):
    """Tags, entities, cells and invisible signs inside a number; and numbers no reader sees."""
    assert [expected] == [rule for rule, _ in seen(source, "html")]


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138 00138000",
        "86-13800138000",
        "1380013 8000".replace(" ", ""),
        "一三八〇〇一三八〇〇〇",
        "1 3 8 0 0 1 3 8 0 0 0",
    ],
)
def test_mobile_however_written(written):
    """All groupings and spellings of one number."""
    assert [("mobile-phone", written)] == seen(f"户主电话：{written}。")


@pytest.mark.parametrize("name", ["张三", "李四", "王五", "赵六", "陈一", "周小两", "冯幺"])
@pytest.mark.parametrize(
    ("rule", "number"),
    [("mobile-phone", "13800138000"), ("mobile-phone", "138 0013 8000"), ("resident-id", ID), ("bank-card", "6222021234567890128")],
)  # fmt: skip
def test_letters_of_a_name_are_no_digits(name, rule, number):
    """A numeral right before or behind a number hides nothing of it; a number of mixed spellings is still one."""
    assert [(rule, number)] == seen(f"户主{name}{number}，已核。")
    assert [(rule, number)] == seen(f"户主{number}{name}，已核。")
    assert [("mobile-phone", "一3八00138000")] == seen("户主一3八00138000。")


# --- traps and the excused


@pytest.mark.parametrize(
    "line",
    [
        "监督电话：0352-2345678、12345、12388、95598、96333、400-812-3123、10086、110。",
        "市长热线：0564-12345；网络编辑：杨某某，信息审核：李某某。",
        "准考证号：13812345678，考场号03，座位号12。",
        "档案编号13812345678，合同编号6222021234567890128。",
        "（2024）晋0215民初13800138000号民事判决书。",
        "收悉FZ13800138000号诉求件，现将办理情况反馈如下。",
        "信访事项编号：110105202403150012，请凭编号查询。",
        "项目代码2024-990000-48-01-123456，总投资13812345678.50元。",
        "http://www.example.gov.cn/art/2024/3/7/art_13800138000_123.html",
        "户名：某县财政局，开户行：城东支行，账号：6222021234567890128。",
        "当事人：城东餐饮有限公司，住所：云州区迎宾路阳光小区2号楼1单元101室，法定代表人周小满。",
        "联系地址：城东路88号市民中心B座1203室，邮编037000。",
        "停电范围：阳光小区1号楼、2号楼、3号楼2单元，城东路12号至88号。",
        "疫苗接种点设在城东社区卫生服务中心3楼301室。",
        "周小满，女，汉族，1975年3月生，中共党员，现任财政局副局长，拟任局长。",
        "身份证号110105********002X，手机138****8000，卡号622202*********0128。",
        "本页关注“某县发布”微信公众号，投稿邮箱：tougao@163.com。",
        "2019-2024年，1-12月累计，138-1234亿元，GB/T 11643-1999。",
    ],
)
def test_public_or_no_personal_data(line):
    """Office lines, hotlines, other numbers of the same shape, offices, officials, proper masks."""
    assert [] == seen(line)


def test_operator_lists_excuse():
    """The unit's own telephones and domains are public."""
    assert [] == seen("户主手机13811112222，邮箱zhouxm@163.com。", rules=all_rules())


def test_contact_of_a_notice_is_another_rule():
    """A contact person's mobile is for a person to look at; a petitioner's stops the post."""
    assert [("contact-mobile", "13800138000")] == seen("联系人：王工，电话：13800138000。")
    assert [("mobile-phone", "13800138000")] == seen("来电人周某，电话：13800138000。")
    assert [("contact-mobile", "13800138000")] == seen("电话：13800138000", about=About(category="公示公告"))


def test_a_value_is_reported_once():
    """An identity number is no card, no mobile and no birthdate beside it."""
    assert [("resident-id", ID)] == seen(f"身份证号码：{ID}")
    assert [("student-number", "G" + ID)] == seen(f"学籍号：G{ID}")
    assert [("bank-card", CARD)] == seen(f"户主卡号{CARD}")


def test_mistyped_identity_number_is_still_one():
    """A wrong check digit beside the label is a slip of the pen, not an excuse; without the label it is nothing."""
    assert [("resident-id", "110105194912310021")] == seen("身份证号：110105194912310021")
    assert [] == seen("共计110105194912310021件")


# --- tables


LIST = "序号\t姓名\t{}\n" + "\n".join(f"{n}\t周小满\t{{}}" for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("身份证号码", ID),
        ("联系电话", "13800138000"),
        ("银行账号", CARD),
        ("家庭住址", "李家村三组12号"),
        ("病种", "尿毒症"),
        ("出生日期", "1990-03-07"),
    ],
)
def test_column_is_reported_once(head, cell):
    """One finding per column with the count; its cells are not reported again."""
    look = plain_rules().look(read(LIST.format(head, cell, cell, cell)))
    found = [one for one in look.findings if one.rule.family == "pii"]

    assert [("pii.table-column", head)] == [(one.rule.id, one.quote) for one in found]
    assert "3 个单元格" in found[0].note
    assert 3 == len(found[0].places)


@pytest.mark.parametrize("head", ["准考证号", "档案编号", "报名序号", "订单号"])
def test_columns_of_other_numbers(head):
    """Exam tickets and files that look like mobiles are none."""
    assert [] == seen(LIST.format(head, "13800138000", "13800138001", "13800138002"))


def test_lines_that_do_not_fit_a_list_of_tickets():
    """A heading with a space in a word, cells left out: still exam tickets."""
    assert [] == seen("准考证号 姓 名 成绩\n13812345678 周小满 88\n13812345679 吴谷雨 缺考")


def test_mobile_in_a_column_of_something_else():
    """Only a column of tickets and files makes a number none; remarks do not."""
    assert [("mobile-phone", "13800138000")] == seen("序号\t姓名\t家长\n1\t周小满\t周大满13800138000")


def test_column_of_html_with_merged_cells():
    """The heading may stand below a title row; cells keep their column."""
    source = (
        "<table><tr><td colspan=3>救助名单</td></tr><tr><td>姓名</td><td>金额</td><td>身份证号</td></tr>"
        f"<tr><td>周小满</td><td>500</td><td>{ID}</td></tr></table>"
    )
    assert [("table-column", "身份证号")] == seen(source, "html")


def test_column_of_html_with_two_rows_of_headings():
    """What stands under a heading over several columns is called by both titles; the count is that of the cells."""
    source = (
        "<table><tr><th rowspan=2>户主</th><th colspan=2>家庭情况</th></tr><tr><th>住址</th><th>人口</th></tr>"
        "<tr><td>周小满</td><td>李家村3组12号</td><td>4</td></tr><tr><td>吴谷雨</td><td>河口村2组5号</td><td>2</td></tr></table>"
    )
    assert [("table-column", "住址")] == seen(source, "html")


def test_column_of_a_spreadsheet_with_commas():
    """A CSV pasted into a page is a table too."""
    source = f"序号,姓名,身份证号,家庭住址\n1,周小满,{ID},李家村3组12号\n2,吴谷雨,{ID},河口村2组5号"
    assert [("table-column", "身份证号"), ("table-column", "家庭住址")] == seen(source)


@pytest.mark.parametrize(
    "head",
    [
        "企业名称\t法定代表人姓名\t地址\t电话",
        "药店名称\t负责人姓名\t地址\t电话",
        "个体工商户名称\t经营者姓名\t地址\t电话",
    ],
)
def test_places_of_business_are_public(head):
    """Addresses of firms stop nothing, a mobile among them is a contact."""
    found = seen(f"{head}\n城东饭店\t周小满\t阳光小区3号楼1单元101室\t13800138000")
    assert [("contact-mobile", "13800138000")] == found


def test_owners_beside_their_flats_are_for_a_person_to_judge():
    """Notices of registration and expropriation name owners and flats by law; a list of flats names nobody."""
    flat = "阳光小区3号楼2单元501室"
    assert [("property-location", "坐落")] == seen(f"序号\t权利人\t坐落\n1\t周小满\t{flat}")
    assert [] == seen(f"序号\t坐落\t起拍价\n1\t{flat}\t50万元")


def test_duty_list_is_no_leak():
    """Mobiles of people on duty are contacts."""
    assert {"contact-mobile"} == {rule for rule, _ in seen("姓名\t职务\t手机\n周小满\t值班主任\t13800138000")}


# --- hostile pages


@pytest.mark.parametrize(
    "letters", ["1", "1 ", "13812345678", "1-", "1*", "1\t", "一", "a@", "周", "某", "密码", "路1号"]
)
def test_time_is_linear(letters):
    """Ten times the page takes at most some thirty times as long (small pages are mostly overhead), and never seconds."""
    times = []
    for size in (10_000, 100_000):
        text = read((letters * size)[:size])
        text.plain  # noqa: B018 folded before the clock starts
        start = time.perf_counter()
        for one in plain_rules().detectors:
            if one.rules[0].family == "pii":
                list(one.find(text))
        times.append(time.perf_counter() - start)

    assert times[1] < max(40 * times[0], 0.5)
    assert times[1] < 5


def test_a_list_of_thousands_is_whole():
    """What does not fit into the findings is further places of the last: nothing is lost for masking."""
    page = "\n".join(f"身份证号：{ID}。" for _ in range(1000))
    found = [one for one in plain_rules().look(read(page)).findings if one.rule.id == "pii.resident-id"]

    assert 1000 == sum(1 + len(one.places) for one in found)


def test_nothing_private_is_logged(caplog):
    """A look at a page leaves no number in any log line."""
    with caplog.at_level(logging.DEBUG):
        seen(f"身份证{ID}，手机13800138000，卡号{CARD}")

    assert not any(number in caplog.text for number in (ID, "13800138000", CARD))


def test_presidio_is_not_imported_to_screen():
    """Its second and its hundred megabytes are spent only by who asks for recognizers."""
    code = "import sys, detectors; from detectors.markup import read; detectors.load().look(read('13800138000')); print('presidio_analyzer' in sys.modules)"

    assert (
        "False"
        == subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
    )


@given(st.text(alphabet="1380身份证手机电话号码卡：*x \t\n-一三八〇户室号楼栋小区某岁村", max_size=120))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_nothing_breaks(letters):
    """Every finding quotes what stands there; no rule fails."""
    text = read(letters)
    look = plain_rules().look(text)

    assert () == look.unseen
    for one in look.findings:
        assert fold(text.source[one.span.start : one.span.end]) == fold(one.quote)
