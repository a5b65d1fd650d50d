"""A place that was to be filled in and was not: XX亿元, {{姓名}}, 【此处插入照片】."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.unfilled-placeholder",
    title="占位符未填写",
    why="稿件里还留着待填写的占位内容，说明不是定稿。补齐数字、日期或图片后再发布。",
    basis=(
        "《政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《政府信息公开条例》第十六条：讨论记录、过程稿等过程性信息可以不予公开",
    ),
    examples=(
        "全年实现地区生产总值⟦XX⟧亿元，同比增长⟦××⟧%。",
        "会议于⟦X月X日⟧在县政府召开，共有⟦XX⟧人参加。",
        "⟦20XX年X月X日⟧，县长到临江镇调研。",
        "预计完成投资⟦____⟧亿元，同比增长⟦___⟧%。",
        "尊敬的⟦{{姓名}}⟧：您好！",
        "⟦【此处插入现场照片】⟧",
        "受益群众达3万人⟦（数据待核实）⟧，满意率较高。",
        "⟦Lorem ipsum dolor sit amet⟧",
        "⟦请在此处输入正文⟧",
        "据⟦（请农业局补充）⟧介绍，今年秋粮丰收。",
        "联系人：⟦【待补充】⟧",
        "全镇共清理垃圾⟦××⟧余吨。",
        "据统计，参加人数达⟦__⟧人，增长⟦***⟧%。",
        "会议由⟦××⟧主持，县长⟦XXX⟧出席会议并讲话。",
        "联系电话：⟦待补⟧",
        "⟦【此处插图】⟧",
        "全年粮食总产量达到⟦（ ）⟧万吨，税收约⟦??⟧亿元。",
        "您的办件编号为⟦<%=code%>⟧，请牢记。",
        "全年粮食总产量达到（　）万吨。A.12　B.15　C.18",
        "县长×××因受贿罪被判处有期徒刑，此处隐去姓名。",
        "计划投资**12**亿元，集中签约。",
        "预备会议时间待定，地点待定。",
        "2023年×月×日，犯罪嫌疑人张某某在某小区盗窃电动车。",
        "李XX，身份证号330***********12XX，公示期5天。",
        "车牌号皖A·XXXXX的车主请及时挪车。",
        "文件命名格式为“XX单位+XX年汇总表”，请于5日前报送。",
        "附件：承诺书(样式)\n本人于20××年×月×日承诺如下。",
        "投标报价：____元(大写：________)。",
        "签字：______　　日期：____年__月__日",
        "XX型号水泵参数见附表，3×5米彩钢房2间。",
        "同比增长12.5%，比上年提高2.1个百分点。",
        "5G网络覆盖率提升，XXL号工装已发放。",
        "待定事项由领导小组研究确定。",
    ),
)

_X = r"[x×╳]"
_STRONG = r"(?:多|余)?(?:%|个百分点|亿元|万元|千元|亿(?!级)|万[亩吨户]|万?(?:人次|公里|平方米|平方公里|立方米|公顷|千瓦))"
_WEAK = r"(?:多|余)?(?:元|人|户|吨|亩|家|个|项|件|名|场|次|处|份|起|条|辆|只|头|盏|座|间|套)"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万雷钱汤尹黎易武乔贺赖龚文老小某"
_LETTERS = regex.compile(rf"{_X}{{1,5}}(?={_STRONG})|{_X}{{2,5}}(?={_WEAK})")
_DATE = regex.compile(
    rf"(?:19|20)(?:\d\d|{_X}{{1,2}}|\d{_X})年(?:{_X}{{1,2}}|\d{{1,2}})月(?:{_X}{{1,2}}|\d{{1,2}})日"
    rf"|{_X}{{1,4}}(?:年{_X}{{1,2}})?月(?:{_X}{{1,2}}|\d{{1,2}})日|\d{{1,2}}月{_X}{{1,2}}日|20{_X}{{2}}年"
)
_ONLY_DIGITS = re.compile("[0-9年月日]+")
_STRONG_AFTER = re.compile(_STRONG)
_BLANK = regex.compile(
    r"_{2,12}(?=(?:多|余)?(?:%|个百分点|亿元|万元|万亩|万人|万户|亿|余?人次))|_{2,12}(?<=[达共约近有超为成长降资]_{2})(?=余?[人户家名个场次项件])"
)
# A hole where a number belongs: stars, empty brackets, question marks.
_HOLE = regex.compile(
    rf"(?<![\d*])\*{{2,4}}(?={_STRONG})|\([ \t]{{1,8}}\)(?={_STRONG})(?!.{{0,60}}a[.．、: ])"
    rf"|(?<=[约达近超])\?(?={_STRONG})|(?<=[约达近超为到成长降资])\?{{2,4}}(?={_STRONG})"
)
_HOLES = (("__", _BLANK), ("**", _HOLE), ("?", _HOLE), ("( ", _HOLE))
# The name of somebody who took part.
_NAME = regex.compile(
    r"(?<=[由])[x×╳]{2,3}(?=主持|陪同|作报告|授课|带队)|(?<=[书市县区镇乡局部厅会][记长席任])[x×╳]{2,3}(?=主持|出席|参加|陪同|讲话|指出|强调|要求|到|赴|率|带队|一行|作)"
    r"|(?<=,)[x×╳]{2,3}(?=出席会议|主持会议|作报告|参加会议|参加调研|陪同)"
)
_LABEL = regex.compile(
    r"(?<=[话人间点箱址数据额称期容]:)[ \t]{0,2}(?:待补充?|待填写?|待完善|待更新|待核[实对])(?=[\s,。;)]|$)"
)
_CLOSE = r"[】\])〕>]"
_BRACKETED = re.compile(
    r"[【\[(〔<](?:(?:此处|这里|请在此处?|在此|下方|图片位置?)[^】\])〕>\n。]{0,4}(?:插入|插图|填写|补充|添加|加上?|放置?|配图?|上传|粘贴|附上?)[^】\])〕>\n]{0,20}"
    r"|(?:待(?:补充?|填写?|完善|更新|核实|核对)|补充中|(?:数据|内容|时间|地点|名单|数字|姓名|职务|图片|照片|此处|具体)[^】\])〕\n]{0,6}"
    r"待(?:补充?|核实?|填写?|核对|更新|确认|完善|提供|定稿))[^】\])〕\n]{0,6}"
    rf"|请[^】\])〕\n,。]{{0,14}}(?:补充|核实|核对|提供|核准|填写|确认|修改|把关)[^】\])〕\n]{{0,8}}){_CLOSE}"
)
_PART = "(?:标题|正文|文本|文字|副标题|摘要)"
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{1,40}\}\}|\$\{[^{}\n]{1,40}\}|#\{[^{}\n]{1,40}\}|<%=?[^%<>\n]{1,40}%>|lorem ipsum(?: dolor)?(?: sit amet)?"
    rf"|输入{_PART}|键入{_PART}|填写{_PART}|添加{_PART}|编辑{_PART}|正文内容正文|测试(?:内容|文字|标题)测试|标题标题|这里是(?:标题|正文|摘要)"
)
_TOLD = re.compile(r"(?:请|在|单击|点击|双击|此处|这里){1,4}$")
_NEEDS_TOLD = ("输", "键", "填", "添", "编")
_TITLE = 60  # code points in which a form says that it is one
_AROUND = 120  # code points of the same line on each side
# Masked on purpose: cases, forms, samples, instructions how to write.
_MASKED = re.compile(r"某|被告|原告|嫌疑|涉案|案例|[\u4e00-\u9fff]xx[,,。男女]|\*{3}")
_SAMPLE = re.compile(
    r"样式|格式|模板|范本|样本|示例|范例|样例|例如|比如|命名|写明|注明|标注|备注|填写|填报|填表|落款|主题|邮件|邮箱|标题为|字样|形式为|如[:“\"]|[“\"][^”\"\n]{0,12}$"
)
_FORM = re.compile(
    r"承诺书|申请表|申请书|协议书|合同|委托书|回执|授权书|投标|登记表|审批表|报价|声明书|推荐表|保证书|意见书|通知书|决定书|文书|证明"
)

NEEDS = (*needs(_BRACKETED, _TEMPLATE, _LABEL), "x", "×", "╳", "__", "**", "?", "( ")


def find(text: Text) -> Iterator[Finding]:
    """Instructions and template marks anywhere; X for a number or a date in running text."""
    plain = text.plain
    yield from (RULE.at(text, *hit.span()) for hit in _BRACKETED.finditer(plain))
    for hit in _TEMPLATE.finditer(plain):
        told = _TOLD.search(plain, max(0, hit.start() - 8), hit.start())
        if told or not hit[0].startswith(_NEEDS_TOLD):
            yield RULE.at(text, told.start() if told else hit.start(), hit.end())
    for hit in _LABEL.finditer(plain):
        yield RULE.at(text, hit.start() + len(hit[0]) - len(hit[0].lstrip()), hit.end())
    if "x" in plain or "×" in plain or "╳" in plain:
        yield from (RULE.at(text, *span) for span in _letters(plain))
    holes = [(sign, pattern) for sign, pattern in _HOLES if sign in plain]
    if holes and not _FORM.search(plain):
        for sign, pattern in holes:
            yield from (RULE.at(text, *hit.span()) for hit in pattern.finditer(plain) if hit[0][0] == sign[0])


def _letters(plain: str) -> Iterator[tuple[int, int]]:
    for pattern in (_DATE, _LETTERS, _NAME):
        for hit in pattern.finditer(plain):
            if (pattern is _NAME or _is_number(plain, hit, pattern)) and not _is_meant(plain, *hit.span()):
                yield hit.span()


def _is_number(plain: str, hit: regex.Match[str], pattern: regex.Pattern[str]) -> bool:
    """Whether the letters are a run of their own that stands where a number would."""
    before = plain[hit.start() - 1 : hit.start()]
    if before and (before in "x×╳.-·" or (before.isascii() and before.isalnum())):
        return False
    if pattern is _DATE:
        return not _ONLY_DIGITS.fullmatch(hit[0])
    return _STRONG_AFTER.match(plain, hit.end()) is not None or (
        "\u4e00" <= before <= "\u9fff" and before not in _SURNAMES  # 李××家 is a masked name
    )


def _is_meant(plain: str, start: int, end: int) -> bool:
    """Whether the X stands there on purpose: a masked case, a sample, a form."""
    line = max(0, start - _AROUND, plain.rfind("\n", max(0, start - _AROUND), start) + 1)
    stop = plain.find("\n", end, end + _AROUND)
    stop = stop if stop >= 0 else end + _AROUND
    return (
        _MASKED.search(plain, line, stop) is not None
        or _SAMPLE.search(plain, line, end) is not None
        or _FORM.search(plain, line, stop) is not None
        or _FORM.search(plain, 0, _TITLE) is not None
        or _SAMPLE.search(plain, 0, min(_TITLE, start)) is not None
    )
