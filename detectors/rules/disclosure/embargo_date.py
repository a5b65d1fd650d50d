"""Words that say: not yet. 请于×月×日后发布, 暂不对外发布, a release date in the future."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Example, Finding, Rule
from detectors.text import About

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.embargo-date",
    title="未到发布时间或暂缓发布",
    why="稿件带有限时发布、暂缓发布的要求。提前发布会打乱统一口径；即使时间已到，这句内部要求也应删去。",
    basis=(
        "《政府信息公开条例》第十一条：行政机关公开政府信息依照法律、行政法规和国家有关规定需要批准的，经批准予以公开",
        "《政府信息公开条例》第十七条：应当依法对拟公开的政府信息进行审查",
    ),
    examples=(
        "(⟦请于5月8日10时后发布⟧)",
        "⟦本稿5月8日前请勿发布⟧。",
        "⟦解禁时间：2024年5月8日9时⟧",
        "【⟦暂不对外发布⟧】关于人事调整的通知",
        "⟦此稿未经批准不得发布⟧",
        Example(
            "⟦发布时间：2024-05-09⟧\n全县一季度经济运行平稳。",
            about=About(published_on=datetime.date(2024, 5, 7)),
        ),
        "⟦注意：统一在新闻发布会结束后发布⟧",
        "注意：⟦5月8日零时前不得发布⟧",
        "⟦【解禁时间】5月8日上午10点⟧",
        "⟦本稿待会议结束后发布⟧。",
        "新闻通稿（⟦5月8日10:00后可发⟧）",
        "请于5月8日统一推送，⟦此前不得提前发布⟧。",
        "气象灾害预警信息由气象台统一发布，其他单位未经批准不得发布。",
        Example(
            "发布时间：2024-05-07\n全县一季度经济运行平稳。",
            about=About(published_on=datetime.date(2024, 5, 7)),
        ),
        Example(
            "成绩公布时间：6月25日左右，请考生关注。", about=About(published_on=datetime.date(2024, 5, 7))
        ),
        "发布时间：5月8日上午10时\n发布地点：县政府新闻发布厅",
        "请于5月8日后领取证书。",
        "新政策将于7月1日后发布实施细则。",
        "考试结果将于5月8日后公布。",
    ),
)

# One of these stands in every order to wait.
_CUE = re.compile(
    "解禁|限发|限时发布|可发布|可公开|请勿|切勿|严禁|暂不|暂缓|前不得|前不要|前勿|未经批准|未经同意|未经审核|未经授权|未经许可|提前"
    "|后统一|后方可|后再|后发布|后刊发|后播发|后见报|后公开|后推送|后对外|后发出|后上网|后可发|此前不得|此前请勿|此前严禁"
)
_AROUND = 60  # code points on each side of a cue

_DAY = (
    r"(?:(?:(?:19|20)\d\d年)?\d{1,2}月\d{1,2}日|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|今[天日晚]|明[天日晚])"
)
_HOUR = r"(?:[上下]午|晚上?|中午)?(?:(?:\d{1,2}|零)(?:时|点|:\d\d)(?:\d{1,2}分|整|半)?)?"
_OUT = r"(?:对外|公开|统一|再|方可)?(?:发布|刊发|播发|见报|公开|推送|发出|上网)"
_STOP = r"(?:请勿|不得|勿|不要|严禁|禁止|切勿)"
_THIS = r"(?:[本此该](?:稿件?|文|件|消息|信息|通稿|公告|通知|新闻|内容|篇))"
_ORDER = re.compile(
    rf"(?:请|须|需|务必|统一)(?:于|在)?{_DAY}{_HOUR}(?:之?后|以后|方可){_OUT}(?![\u4e00-\u9fff])"
    rf"|{_THIS}?{_DAY}{_HOUR}(?:之?前|以前){_STOP}(?:提前)?{_OUT}"
    rf"|[【\[(]?(?:解禁|限发|限时发布|可发布|可公开)(?:时间|日期)[ \t]{{0,2}}[:】\])]{{1,2}}[ \t]{{0,2}}{_DAY}{_HOUR}"
    rf"|{_DAY}{_HOUR}(?:之?后|以后)可发(?:布|稿)?(?![\u4e00-\u9fff])|此前(?:不得|请勿|严禁)提前{_OUT}"
    rf"|{_THIS}(?:须|需|请)?(?:待|等)[^。\n,]{{2,16}}(?:结束|召开|公布|印发|批准|同意|通过)(?:之?后)(?:再|方可)?{_OUT}(?![\u4e00-\u9fff])"
    rf"|{_THIS}(?:暂[不缓]|未经(?:批准|同意|审核|授权|许可),?{_STOP}|{_STOP}提前){_OUT}"
    rf"|(?:注意|提示|说明):(?:请)?(?:统一)?(?:在|于|待)[^。\n,]{{2,16}}(?:结束|召开|公布|印发)(?:之?后){_OUT}(?![\u4e00-\u9fff])"
    rf"|(?:请勿|切勿)提前(?:对外)?(?:发布|刊发|推送|公开)"
)
_BRACKETED = re.compile(r"(?<=[【(\[])(?:暂[不缓]|未定稿,?)(?:对外|公开)?(?:发布|公开|刊发|上网)(?=[】)\]])")
_LINE = re.compile(
    r"^[ \t]{0,6}(?:信息|稿件)?(?:发布|发稿|刊发|见报|播发)(?:时间|日期)[ \t]{0,2}:[ \t]{0,3}"
    r"(?P<y>(?:19|20)\d\d)[-./年](?P<m>\d{1,2})[-./月](?P<d>\d{1,2})日?",
    re.MULTILINE,
)
_LABEL = re.compile("发布时间|发布日期|发稿时间|刊发时间|见报时间|播发时间")
_EVENT = ("发布会", "发布地点", "发布人", "发布形式")  # here the time is that of an event

NEEDS = needs(_CUE, _LABEL)


def find(text: Text) -> Iterator[Finding]:
    """Orders to wait, and a stated day of release that lies after the day of publishing."""
    plain, done = text.plain, 0
    for cue in _CUE.finditer(plain):
        if cue.start() < done:
            continue
        last = cue.end() + _AROUND
        first = max(done, cue.start() - _AROUND)
        for span in sorted(
            hit.span() for form in (_ORDER, _BRACKETED) for hit in form.finditer(plain, first, last)
        ):
            yield RULE.at(text, *span)
        done = last
    out = text.about.published_on
    if out is None or not _LABEL.search(plain) or any(word in plain for word in _EVENT):
        return
    for hit in _LINE.finditer(plain):
        try:
            day = datetime.date(int(hit["y"]), int(hit["m"]), int(hit["d"]))
        except ValueError:
            continue
        if day > out:
            start = hit.start() + len(hit[0]) - len(hit[0].lstrip())
            yield RULE.at(text, start, hit.end(), note=f"晚于发布日期{out.year}年{out.month}月{out.day}日。")
