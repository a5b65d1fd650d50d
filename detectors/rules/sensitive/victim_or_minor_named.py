"""A full name beside a state that must not be made public: a child in a case, a patient, a victim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import sentence
from detectors.words import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.victim-or-minor-named",
    title="不应实名的人员使用了真名",
    why="涉案未成年人、被害人、犯罪嫌疑人家属以及艾滋病、精神病、吸毒等人员，公开真名会造成二次伤害，依法或按新闻惯例应写作“张某”。",
    basis=(
        "《未成年人保护法》第一百零三条：不得披露有关案件中未成年人的姓名、影像、住所、就读学校以及其他可能识别出其身份的信息",
        "《个人信息保护法》第二十八条：特定身份、医疗健康信息以及不满十四周岁未成年人的个人信息属于敏感个人信息",
        "《艾滋病防治条例》第三十九条：未经本人或者其监护人同意，任何单位或者个人不得公开艾滋病病毒感染者、艾滋病病人及其家属的姓名等信息",
    ),
    examples=(
        "5月2日，民警将被害人⟦陈小花⟧送往医院救治。",
        "县妇联走访慰问艾滋病患者⟦李大山⟧，送去慰问金500元。",
        "吸毒人员⟦王铁柱⟧被依法强制隔离戒毒。",
        "犯罪嫌疑人妻子⟦周桂兰⟧向民警求助。",
        "⟦赵晓明⟧，男，13岁，因涉嫌盗窃被民警抓获。",
        "经诊断，⟦孙玉梅⟧系精神分裂症患者，镇政府协调住院治疗。",
        "13岁的⟦周雨涵⟧遭多名同学殴打，派出所已立案。",
        "确诊患者⟦周建民⟧，男，45岁，已转入定点医院。",
        "13岁的周雨涵获全县少年书法大赛一等奖。",
        "被害人陈某被送往医院救治。",
        "被害人陈述、证人证言等证据应当经庭审质证。",
        "未成年人张××因涉嫌盗窃被民警抓获。",
        "赵晓明，男，13岁，获全县少年书法大赛一等奖。",
        "全国劳动模范李大山走进校园作报告。",
        "县人民法院设立未成年人审判庭，庭长周立平介绍情况。",
        "感动人物刘桂英二十年照顾患病婆婆。",
        "吸毒人员管控工作由公安局副局长王立军负责。",
    ),
    private=True,
)

# Seen often as surnames and seldom as the first letter of something else in this place.
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙雷汤尹黎易武乔贺赖龚文庞樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦柳邢岳齐梅庄辛管祝左涂谷祁舒耿牟卜詹关苗凌纪靳盛童欧甄游阳裴席卫查屈鲍覃霍翁隋植甘景薄司柏宁柯阮桂闵"
_NAME = rf"(?:欧阳|上官|司马|诸葛|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
_NOT_IN_NAME = frozenset(
    "某的了在和与及被等因于系是为有将已经不人家者方员们向对从到其之以所或并也说称案时后前中内外上下年月日岁男女向应当述均都则即由该此各按据未无"
)
_END = r"(?=[,。、;:!?()\s”\"]|$|的|被|在|与|和|及|等|因|于|系|是|为|将|已|遭|死亡|受伤|今年|现年|年仅|报警|送|向|家|患|感染|住)"
_IDENTITY = (
    r"(?:确诊(?:患者|病例)|艾滋病(?:患者|病人|感染者|病毒感染者)|hiv感染者|吸毒人员|戒毒人员|涉毒人员|精神(?:病|障碍|分裂症)患者|肇事肇祸精神病人"
    r"|(?:被害|受害|遇害)(?:人|者|女童|儿童|少女|男童|学生|幼女|妇女|女子|女孩)|未成年(?:被害人|受害人|犯罪嫌疑人|嫌疑人|被告人|少女)"
    r"|涉案(?:未成年人|少年|女童|学生|妇女|儿童)|失足少年|被拐(?:儿童|妇女|女童)|举报人|(?:嫌疑人|被告人|罪犯)(?:的)?(?:家属|妻子|丈夫|父亲|母亲|儿子|女儿|之子|之女|之妻))"
)
_CUE = re.compile(
    "艾滋|hiv|毒(?<=吸毒|戒毒|涉毒)|神(?<=精神)[病障分]|害(?<=被害|受害|遇害)|未成年|涉案|失足|拐(?<=被拐)|确诊|举报人|疑人|告人|罪犯|岁"
)
_ILL = re.compile("艾滋|hiv|精神|梅毒|性病|吸毒|戒毒|社区矫正")
_AFTER = re.compile(rf"{_IDENTITY}[:\"“]?(?P<name>{_NAME}?){_END}")
_STATE = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>{_NAME}?)(?:[,(](?:男|女)[^。;\n]{{0,16}}?)?(?:系|是一?名?|为|被确诊为?|患有|感染)(?:了)?(?:一名)?(?:艾滋病|hiv|精神分裂|精神病|精神障碍|梅毒|性病|吸毒人员|戒毒人员|社区矫正对象)"
)
_CHILD = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>{_NAME}?)[,(](?:男|女)[,、](?:现年|年仅|今年)?(?P<age>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})(?:周)?岁"
)
_CHILD_BEFORE = re.compile(
    rf"(?P<age>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})(?:周)?岁的(?:男孩|女孩|男童|女童|学生|少年|少女)?(?P<name>{_NAME}?){_END}"
)
_IN_A_CASE = re.compile(
    r"被害|受害|性侵|猥亵|拐[卖骗]|强奸|殴打|欺凌|霸凌|盗窃|涉嫌|抢劫|抢夺|吸毒|遇害|溺亡|自杀|轻生|抓获|刑事拘留|故意伤害|诈骗|虐待|遗弃"
)
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ADULT = 18
_EVERYDAY = 60  # how often jieba's corpus holds a word that is surely no name's first half
_VERY_EVERYDAY = 4000  # the same of its second half, where 建国 (3,083) is a name too
_AROUND = 60  # code points on each side of a cue

NEEDS = needs(_CUE)


def find(text: Text) -> Iterator[Finding]:
    """Names beside an identity, with a state after them, or of a child in a case; masked names are right."""
    plain, done = text.plain, 0
    for cue in _CUE.finditer(plain):
        if cue.start() < done:
            continue
        first, done = max(done, cue.start() - _AROUND), min(len(plain), cue.end() + _AROUND)
        patterns = [_AFTER]
        if _ILL.search(plain, first, done):
            patterns.append(_STATE)
        if plain.find("岁", first, done) >= 0:
            patterns += [_CHILD, _CHILD_BEFORE]
        spans = {
            hit.span("name")
            for pattern in patterns
            for hit in pattern.finditer(plain, first, done)
            if _is_name(hit["name"]) and ("age" not in hit.re.groupindex or _is_case(plain, hit))
        }
        for span in sorted(spans):
            yield RULE.at(text, *span)


def _is_name(name: str) -> bool:
    """Whether it reads as a name: no mask, no everyday word in it."""
    if not _NOT_IN_NAME.isdisjoint(name[1:]):
        return False
    known = dictionary().FREQ
    return (known.get(name[:2]) or 0) < _EVERYDAY and (known.get(name[-2:]) or 0) < _VERY_EVERYDAY


def _is_case(plain: str, hit: re.Match[str]) -> bool:
    age = hit["age"]
    years = (
        int(age)
        if age.isdecimal()
        else 10 * ("十" in age) * (_DIGITS.get(age[0], 1)) + _DIGITS.get(age[-1], 0)
    )
    return years < _ADULT and _IN_A_CASE.search(plain, *sentence(plain, *hit.span())) is not None
