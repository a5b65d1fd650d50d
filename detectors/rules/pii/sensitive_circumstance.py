"""A full name beside illness, disability, relief, correction or petition in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Rule
from detectors.rules.pii._names import after, introduced, is_name, named, sentence
from detectors.rules.pii._page import Hit, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.sensitive-circumstance",
    title="实名写出敏感处境",
    why="病情、残疾、低保、矫正、信访、信仰、财产和生物特征等情况与真实姓名写在一起，会使当事人受到歧视和困扰，属于敏感个人信息。宜隐去名字（如“周某”），或者取得本人单独同意。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十八条",
        "《中华人民共和国个人信息保护法》第二十九条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "城东村村民⟦周小满⟧患有尿毒症，医疗费用由大病保险报销。",
        "社区矫正对象⟦吴谷雨⟧按时到司法所报到。",
        "信访人⟦李冬至⟧来访反映的问题已办结。",
        "⟦郑白露⟧，女，56岁，系二级肢体残疾，享受低保。",
        "城东村村民⟦周小满⟧信仰基督教，常在家中聚会。",
        "储户⟦吴谷雨⟧因征信不良，贷款未获批准。",
        "已采集居民⟦李冬至⟧的指纹、虹膜信息。",
        "银行为农户提供贷款，征信不良的除外。",
        "社区为居民讲解人脸信息保护知识。",
        "城东村村民周某患有尿毒症，已获救助。",
        "县残联走访慰问残疾人家庭，送去米面油。",
        "患者应当凭处方到药店购药，确诊后及时报告。",
        "副县长周小满到县医院看望慰问患者。",
        "居民王小满在社区图书馆借书。",
        "本年度确诊病例下降，低保标准提高5%。",
        "元旦是穆斯林群众封斋的第二天，社区送去慰问品。",
    ),
    private=True,
)

_MARKED = (
    "低保户", "五保户", "特困户", "特困人员", "特困供养人员", "低保对象", "低保边缘户", "社区矫正对象", "社区矫正人员", "矫正对象", "社矫对象",
    "刑满释放人员", "刑释人员", "安置帮教对象", "吸毒人员", "戒毒人员", "涉毒人员", "信访人", "上访人", "上访人员", "举报人", "精神病患者", "精神障碍患者",
    "残疾人", "服刑人员", "感染者", "救助对象", "失独家庭", "计生特殊家庭", "投诉人",
    "艾滋病患者", "确诊患者", "残疾儿童", "孤儿", "事实无人抚养儿童", "重度残疾人", "智力残疾人", "精神残疾人",
)  # fmt: skip
_PLAIN = (
    "村民", "居民", "患者", "病人", "学生", "户主", "老人", "职工", "困难群众", "困难职工", "脱贫户", "贫困户", "监测户", "群众", "孕妇", "产妇",
    "员工", "女子", "男子", "被告人", "嫌疑人", "罪犯", "当事人", "申请人", "市民", "农民", "农户", "信徒", "信众", "教友", "教徒", "储户", "借款人",
)  # fmt: skip
_ROLES = (*_MARKED, *_PLAIN)
_AFTER_ROLE = after(_ROLES)
_STATE = re.compile(
    r"患有|身患|罹患|确诊为?|诊断为|查出|尿毒症|白血病|癌|肿瘤|艾滋病|hiv|乙肝|肺结核|精神分裂|精神障碍|精神残疾|抑郁症|癫痫|瘫痪|"
    r"一级[\u4e00-\u9fff]{0,4}残疾|二级[\u4e00-\u9fff]{0,4}残疾|三级[\u4e00-\u9fff]{0,4}残疾|四级[\u4e00-\u9fff]{0,4}残疾|残疾证|智力残疾|肢体残疾|低保|特困|五保|流产|引产|不孕|吸毒|刑满释放|社区矫正|上访|大病救助|透析|"
    # faith, finance, biometrics (个人信息保护法 第二十八条)
    r"信仰(?:佛|道|伊斯兰|基督|天主|东正)|信奉|信教|(?:佛|基督|天主|道)教徒|穆斯林|受洗|"
    r"征信(?:不良|记录|逾期|有问题|黑)|欠款|欠债|负债|存款[0-9]|(?:月|年)?工资(?:为|约|仅)?[0-9]|贷款逾期|"
    r"(?:指纹|虹膜|人脸|声纹|掌纹|基因|dna)、?(?:虹膜|人脸|声纹)?(?:信息|数据|图像|特征|样本|比对|采集|鉴定)"
)
NEEDS = (*_MARKED, *needs(_STATE))

_PUBLIC = re.compile(
    r"书记|县长|市长|省长|主席|总理|总统|首相|部长|主任医师|医生|教授|院士|模范|劳模|冠军|运动员|演员|歌手|作家|志愿者|先进|感动|最美|好人|榜样|奖|英雄|烈士|代表|委员|创业|致富|会长|法师|住持|教务|导演|球员|球星|教练"
)


def find(text: Text) -> Iterator[Finding]:
    """Names that follow a role or are introduced with sex or age, beside a state nobody wants published."""
    plain = text.plain
    names = {start: (end, False, True) for start, end, _ in introduced(plain)}
    names |= {start: (end, role in _MARKED, False) for start, end, role in named(plain, _AFTER_ROLE, _ROLES)}
    hits = []
    for start, (end, marked, sure) in sorted(names.items()):
        first, last = sentence(plain, start, end)
        state = _STATE.search(plain, first, last)
        if not (marked or state) or _PUBLIC.search(plain, first, last):
            continue
        if sure or is_name(plain, start, end):
            hits.append(Hit(start, end, "", f"同一句写有“{state[0]}”。" if state else ""))
    yield from report(RULE, text, hits)
