"""Agencies under a name they no longer have, each from the day of its reform."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from detectors.known import Known
from detectors.rule import Example, Finding, Prepared, Rule
from detectors.rules.expression._names import finder
from detectors.rules.expression._past import is_past, is_quoted, is_statute, newest_year
from detectors.tables import Column, Row, Shape, files, read
from detectors.text import About, Text, fold

RULE = Rule(
    id="expression.outdated-agency",
    title="机构旧称",
    why="机构改革后仍用旧名称，会让办事群众找错门，也说明稿件套用了旧材料。叙述改革以前的事可以保留旧称，一般加“原”字。",
    basis=(
        "《中华人民共和国政府信息公开条例》第二十条（二）：机关职能、机构设置、办公地址、办公时间、联系方式、负责人姓名属于主动公开内容",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十七条（三）：严把政治关、法律关、政策关、保密关、文字关",
    ),
    examples=(
        "按照⟦国土资源部→自然资源部⟧要求，开展耕地卫片核查。",
        "请携带材料到县⟦工商局→市场监管局⟧窗口办理。",
        "县⟦国税局→税务局⟧开展“便民办税春风行动”。",
        "⟦银保监会→金融监管总局⟧发布风险提示。",
        Example("县⟦环保局→生态环境局⟧到企业检查。", about=About(published_on=datetime.date(2023, 5, 1))),
        Example("县环保局到企业检查。", about=About(published_on=datetime.date(2016, 5, 1))),
        "国土资源部门加强执法巡查。",
        "根据《国土资源部关于规范土地登记的意见》，现公告如下。",
        "原国土资源部、环境保护部联合印发通知。",
        "2015年，县工商局登记企业300户。",
        "将国土资源局的职责整合，组建自然资源局。",
        "日本农业部派员参加会议。",
        "全县卫生部门组织义诊，交通部署到位。",
        "依照《国土资源部令第68号》办理。",
    ),
)

SHAPE = Shape(
    columns=(
        Column("name", needed=True),
        Column("then"),
        Column("since", "day", needed=True),
        Column("note"),
    ),
    key=("name",),
)

# After the name: another word begins (农业部门, 文化部署), or a foreign office is meant.
_GOES_ON = re.compile(r"[门署队分落位件委级长]|颁(?:标准|布)")
# Departments that other countries have under the same name.
_GENERAL = frozenset(
    {
        "农业部",
        "文化部",
        "卫生部",
        "交通部",
        "建设部",
        "监察部",
        "环境保护部",
        "铁道部",
        "环保部",
        "劳动局",
        "信息产业部",
    }
)
# Others have these too; here the country beside them decides alone.
_ALSO = frozenset({"民航总局", "国税局", "工商局", "农业局", "海洋局", "环保局", "环境保护局"})
_FOREIGN = re.compile(
    r"[美英法德日韩俄印泰越缅老柬菲朝蒙加澳新巴埃以伊土乌哈吉塔荷比瑞挪丹芬希意西葡波捷匈罗保塞克阿墨古智秘哥委厄][国方本]|俄罗斯|日本|印度|越南|缅甸|老挝|柬埔寨|菲律宾|朝鲜|蒙古|加拿大|澳大利亚|新西兰|巴西|巴基斯坦|埃及|以色列|伊朗|伊拉克|土耳其|乌克兰"
    r"|哈萨克斯坦|荷兰|比利时|瑞士|瑞典|挪威|丹麦|芬兰|希腊|意大利|西班牙|葡萄牙|波兰|捷克|匈牙利|罗马尼亚|塞尔维亚|阿根廷|墨西哥|古巴|智利|秘鲁|黎巴嫩|叙利亚|也门|加沙|巴勒斯坦|卡塔尔|沙特|阿联酋|约旦|阿富汗|尼泊尔|孟加拉|斯里兰卡|印尼|印度尼西亚|马来西亚|新加坡|文莱|苏丹|刚果|肯尼亚|尼日利亚|南非|埃塞俄比亚|坦桑尼亚|津巴布韦|赞比亚|安哥拉|几内亚|塞内加尔|摩洛哥|阿尔及利亚|利比亚|突尼斯|外交部长|该国|两国|各国|当地时间|公司|集团|香港|澳门|台湾"
)
_OWN = (
    "国家",
    "国务院",
    "我国",
    "中国",
    "中华人民共和国",
    "经",
    "按照",
    "根据",
    "、",
    "由",
    "报",
    "从",
    "与",
    "和",
    "到",
    "赴",
    "获",
)


def prepare(known: Known) -> Prepared:
    """With the shipped table and the operator's ``agencies.csv`` beside it; a later row replaces an earlier one."""
    rows: dict[str, Row] = {}
    for path in files((Path(__file__).parent, *known.tables), "agencies"):
        rows.update((fold(row.word("name")), row) for row in read(path, SHAPE))
    named = finder(rows)

    def find(text: Text) -> Iterator[Finding]:
        plain = text.plain
        hits = [
            hit for hit in named(plain) if not _GOES_ON.match(plain, hit[1]) and not _elsewhere(plain, *hit)
        ]
        if not hits or is_statute(plain):
            return
        day = text.about.published_on or datetime.date.today()  # noqa: DTZ011 the office's own calendar day
        newest = newest_year(plain)
        for start, end in hits:
            row = rows[plain[start:end]]
            since = row.day("since") or datetime.date.min
            if day < since or 0 < newest < since.year:
                continue
            if is_quoted(plain, start, end) or is_past(plain, start, end, since.year):
                continue
            yield RULE.at(text, start, end, row.word("then") or None, row.word("note"))

    return Prepared(find, tuple(rows))


def _elsewhere(plain: str, start: int, end: int) -> bool:
    """Whether a foreign country's department of the same name, or a company's, may be meant."""
    name = plain[start:end]
    if name == "安监局" and plain.endswith("矿山", 0, start):
        return True
    if name not in _GENERAL | _ALSO:
        return False
    if _FOREIGN.search(plain, max(0, start - 60), end + 30):
        return True
    return name in _GENERAL and not plain.endswith(_OWN, 0, start)
