"""Full names of persons, only as support for other evidence: surname, length, what stands around."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from detectors.words import dictionary, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷"
    "施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来"
    "嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥蔺"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|南宫|长孙|宇文|轩辕|钟离|闻人|独孤|呼延|申屠|太史|百里"
_DOUBLE_FIRST = "".join(one[0] for one in _DOUBLE.split("|"))
_NOT_IN_NAMES = "某的了是在和与及等因为被将把向从对由或有无不未也就都而但其该此这那各每个名位户人民者们员长省市区县镇乡村街社号年月日时分第级类期款项条章节上下中内外前后男女岁斋"
_COMMON = 60  # times in jieba's dictionary; names of persons in it are rarer
NAME = (
    rf"(?:(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}](?:(?![{_NOT_IN_NAMES}])[\u4e00-\u9fff]){{1,2}})"
)
DOTTED = (
    r"[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,6}"  # names of several peoples; tried only where there is a dot
)
# What may follow a name in running text.
AFTER = r"(?=[,。;:、()“”\s]|$|[因于患的在是从与和等为被男女经系确已突曾同也身到反今现遭由按向对将称说投来家住申领涉犯触违逃提依接表参信欠借存月指进贷收]|[0-9]{1,3}岁|先生|女士|老人|同学)"


def is_name(plain: str, start: int, end: int) -> bool:
    """Whether a range that has a name's form is one: nothing the dictionary would read as another word, or cut."""
    name = plain[start:end]
    if "·" in name:
        return True
    at = start
    for word, _, _ in tokens(plain[start : end + 3]):
        known = dictionary().FREQ.get(word, 0)
        if at == start and len(word) > 1 and (known > _COMMON or len(word) > len(name)):
            return False
        if at < end < at + len(word):  # a word goes on where the name should end
            return False
        at += len(word)
    return True


def sentence(plain: str, start: int, end: int, reach: int = 120) -> tuple[int, int]:
    """The sentence around a range, at most ``reach`` characters to each side."""
    first = max(0, start - reach)
    head = first + max(plain[first:start].rfind(mark) for mark in "。;!?\n") + 1
    rest = plain[end : end + reach]
    ends = [at for mark in "。;!?\n" if (at := rest.find(mark)) >= 0]
    return head, end + (min(ends) if ends else len(rest))


def named(
    plain: str, role: tuple[re.Pattern[str], re.Pattern[str]], roles: tuple[str, ...]
) -> Iterator[tuple[int, int, str]]:
    """What may be names right after one of ``roles``; ``role`` finds the roles' last letter and the name.

    One cheap pass; ``is_name`` costs more and is asked last.
    """
    found_dotted = role[1].finditer(plain) if "·" in plain else ()
    for found in chain(role[0].finditer(plain), found_dotted):
        edge = found.start() + 1
        start, end = found.span("name")
        if plain.endswith(roles, max(0, edge - 10), edge):
            yield start, end, next(one for one in roles if plain.endswith(one, 0, edge))


def after(roles: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns ``named`` wants for these roles: for names with a surname, for names with a dot."""
    last = "".join(sorted({one[-1] for one in roles}))
    return (
        re.compile(rf"[{last}][:、 (]?(?=[{_SURNAMES}{_DOUBLE_FIRST}])(?P<name>{NAME}){AFTER}"),
        re.compile(rf"[{last}][:、 ]?(?P<name>{DOTTED}){AFTER}"),
    )


# 周小满,女,56岁 · 周小满(男,9岁) · 周小满是一位82岁的… : looked for by their rarest letter, then read backwards.
_SEX_OR_AGE = re.compile("[男女岁]")
_BEFORE_SEX = re.compile(rf"(?<![\u4e00-\u9fff])(?P<name>{NAME}|{DOTTED})[,(][ ]?[男女]$")
_BEFORE_AGE = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>{NAME}|{DOTTED})(?:,?是一?[名位]|[,(][ ]?(?:[男女][,、][ ]?)?)(?P<age>[0-9]{{1,3}})岁$"
)
_AGE = re.compile(r"[,)、][^。;]{0,6}?([0-9]{1,3})岁")


def introduced(plain: str) -> Iterator[tuple[int, int, int | None]]:
    """Names that sex or age follows, and the age where it is stated."""
    for sign in _SEX_OR_AGE.finditer(plain):
        end = sign.end()
        if sign[0] == "岁":
            if found := _BEFORE_AGE.search(plain, max(0, end - 26), end):
                yield *found.span("name"), int(found["age"])
        elif plain.startswith((",", ")", "、"), end) and (
            found := _BEFORE_SEX.search(plain, max(0, end - 18), end)
        ):
            said = _AGE.match(plain, end)
            yield *found.span("name"), int(said[1]) if said else None
