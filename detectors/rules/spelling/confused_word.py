"""Two real words, one of which is wrong where it stands: 截止目前, 反应问题, 权利机关.

A plain list cannot tell them; what stands before or after can. Each line below is a wrong
word with the company that gives it away and the right word for it. A pair that good writers
use both ways (制定/制订, 作出/做出, 订金/定金, 凸显/突显) is not here.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.text import Text, is_traditional

RULE = Rule(
    id="spelling.confused-word",
    title="近义、近形词用混",
    why="两个词本身都没有写错，但放在这里意思不对，是检查通报里常见的一类错别字。",
    basis=(
        "《中华人民共和国国家通用语言文字法》第九条：国家机关以普通话和规范汉字为公务用语用字",
        "《六安市统计局政务新媒体管理暂行办法》第十八条：（严重）表述错误",
    ),
    examples=(
        "⟦截止→截至⟧目前，全县已建成村级养老驿站86个。",
        "⟦既使→即使⟧任务再重，也要保证质量。",
        "既使企业减负，也使职工受益。",
        "⟦截止→截至⟧2024年6月底，累计发放补贴1200万元。",
        "让困难群众温暖⟦渡过→度过⟧春节假期。",
        "有群众来电⟦反应→反映⟧问题，镇里当天派人核实。",
        "各级国家⟦权利→权力⟧机关依法履职。",
        "案件已由检察院批捕，原文误作“⟦检查→检察⟧机关提起公诉”。",
        "操作不当，⟦以至→以致⟧造成重大财产损失。",
        "严禁⟦泄漏→泄露⟧国家秘密。",
        "小区发生燃气⟦泄露→泄漏⟧，消防救援人员迅速到场。",
        "局部地区可能⟦爆发→暴发⟧山洪，请注意防范。",
        "招聘⟦启示→启事⟧附后，欢迎报名。",
        "新生⟦报道→报到⟧时间为9月1日。",
        "第十五⟦界→届⟧全国冬季运动会开幕。",
        "未取得许可证的，⟦不的→不得⟧擅自开工。",
        "报名截止日期为6月30日，截止时间以系统为准。",
        "全县上下齐心协力，共同渡过难关。",
        "孩子接种后如有不良反应情况，请及时就医。",
        "保障公民权利，规范行政权力运行。",
        "监督检查机关应当出示执法证件。",
        "生活垃圾分类体系逐步完善，以至许多外地代表团前来参观。",
        "这段历史给我们深刻启示，招聘工作也要与时俱进。",
        "据新华社报道，时间已到深夜，抢险仍在继续。",
    ),
)


class Pair(NamedTuple):
    """A wrong word where it cannot be meant, and the right word.

    ``wrong`` is a pattern; the wrong word is its group ``w``, or all of it. ``heads`` are the two letters
    it can begin with, where the pattern does not simply begin with them.
    """

    wrong: str
    right: str
    heads: tuple[str, ...] = ()


_FEAST = "(?:元旦|春节|新春|除夕|元宵|清明|五一|端午|中秋|国庆|重阳|佳节|双节|新年)"
_HOLIDAY = f"(?:{_FEAST}|[寒暑]?假期?|[寒暑]假|周末|余生|余年|晚年|童年|一生|时光|冬天|夏天|寒冬|严冬|汛期|生日|每一天)"
_DAY = (
    r"(?:\d{4}年|\d{1,2}月|\d{1,2}日|今年|去年|目前|当前|今日|今天|昨日|昨天|上月|本月|上周|本周|年底|月底)"
)
_STARTS = "(?:批准逮捕|批捕|审查起诉|提起公诉|提起公益诉讼|提起抗诉|公诉|抗诉|法律监督)"
_CITIZENS = "(?:群众|居民|市民|村民|网民|网友|业主|职工|家长|村里|来电|来信|来访|如实|及时|积极|集中|您|你)"
_SESSION = "(?:全国|人大|人民代表|政协|委员会|中央|常委|运动会|省运会|全运会|亚运会|冬运会|博览会|进博会|广交会|大会|会议|理事会|大赛|艺术节|文化节|旅游节)"
_SWEPT = "(?:山洪|洪水|洪涝|泥石流)"
_GAS = "(?:燃气|煤气|天然气|液化气|液化石油气|液氨|氨气|氯气|瓦斯|毒气|有毒气体|可燃气体|危险化学品|危化品|原油|放射性物质)"

_NUMBERED = tuple("第" + digit for digit in "一二三四五六七八九十123456789")

_PAIRS = (
    # 截止: it ends there; 截至: counted until then
    Pair(rf"截止(?=目前|{_DAY})(?<!申报截止)(?<!申请截止)(?<!报名截止)(?<!受理截止)(?<!征集截止)(?<!投标截止)", "截至"),
    Pair(rf"渡过(?=[^,。;:!?\n]{{0,6}}{_HOLIDAY})(?!难关|[^,。]{{1,4}}难关)", "度过"),
    Pair(rf"共渡(?={_FEAST}|[^,。\n]{{1,3}}{_FEAST})", "共度"),
    Pair(r"反应(?=(?:的)?(?:问题|诉求|意见|情况|民意))" + f"(?<={_CITIZENS}反应)", "反映"),
    Pair(r"反应(?=(?:了)?(?:社情民意|群众(?:诉求|意见|呼声|心声|意愿)))", "反映"),
    Pair(r"权利(?=机关|寻租|下放|清单(?![和、与及]义务)|运行(?:机制|流程|监督))(?<!私权利)", "权力"),
    Pair(r"权力(?<=合法权力)(?=不受侵犯|受到侵[害犯]|得到保障)", "权利"),
    Pair(r"权力(?<=民事权力|诉讼权力)(?=[能义,。、]|和义务|主体)", "权利"),
    Pair(r"权力(?<=知情权力|隐私权力|受教育权力|继承权力|选举权力)", "权利"),
    Pair(rf"检查(?=机关(?:依法)?(?:对[^,。\n]{{1,20}})?{_STARTS})(?<!监督检查)", "检察"),
    Pair(r"检查(?<=人民检查)(?=院)", "检察"),
    Pair(r"检查(?=建议书|公益诉讼|官(?<=院检查官))(?<!监督检查)", "检察"),
    Pair(r"检察(?<=纪律检察)(?=委员会|机关|组|部门|工作)", "检查"),
    Pair(r"检察(?<=纪检检察)(?=委|机关|组|干部|工作|部门|室)", "监察"),
    Pair(r"监查(?=委员会|委|机关|对象|体制改革|调查)", "监察"),
    Pair(r"以至(?=造成|发生|引发|导致|酿成)(?=[^,。;\n]{2,20}(?:事故|损失|后果|伤亡|死亡|灾害|火灾|危害))", "以致"),
    Pair(r"泄漏(?=国家秘密|商业秘密|工作秘密|国家机密|(?:公民)?个人信息|(?:公民)?个人隐私|他人隐私|试题|考题|标底)", "泄露"),
    Pair(rf"泄露(?<={_GAS}泄露)", "泄漏"),
    Pair(rf"爆发(?<={_SWEPT}爆发)", "暴发"),
    Pair(rf"爆发(?={_SWEPT})", "暴发"),
    Pair(r"暴发(?<=火山暴发|战争暴发|冲突暴发|革命暴发|起义暴发|危机暴发|事变暴发|战役暴发)", "爆发"),
    Pair(r"暴发(?=力(?![大度量]))", "爆发"),
    Pair(r"启示(?<=招聘启示|招领启示|寻人启示|寻物启示|征文启示|征稿启示|招生启示|招租启示|遗失启示|更名启示|迁址启示)(?!录|意义|[,。]?我们)", "启事"),
    Pair(r"法制(?<!国家法制)(?=政府建设|社会建设|思维和|化营商环境)", "法治"),
    Pair(r"法制(?=国家、法[治制]政府|政府、法[治制]社会|社会一体)", "法治"),
    Pair(r"查看(?<=留党查看|留校查看)", "察看"),
    Pair(r"报道(?<=新生报道|入学报道|办理报道|按时报道|到校报道|准时报道)(?!的|了|[,:]?据)", "报到"),
    Pair(r"报道(?=证(?:[,。、;)]|和|或|及|原件|复印件)|手续)", "报到"),
    Pair(r"报到(?<=新闻报到|媒体报到|宣传报到|跟踪报到|专题报到|深度报到)(?!处|点|[时地证手])", "报道"),
    Pair(r"必需(?=严格|坚持|依法|遵守|按照|认真|加强|高度重视|坚决|切实|立即|牢固)(?<!非必需)", "必须"),
    Pair(r"侦察(?<=立案侦察|刑事侦察|补充侦察|移送侦察)(?!机)", "侦查"),
    Pair(r"侦察(?=终结|羁押|机关(?:依法|认为|应当|移送))", "侦查"),
    Pair(r"增殖(?=税)", "增值"),
    Pair(r"增殖(?<=保值增殖)", "增值"),
    Pair(r"增值(?=放流)", "增殖"),
    Pair(rf"第[一二三四五六七八九十\d]{{1,3}}(?P<w>界)(?={_SESSION})", "届", _NUMBERED),
    Pair(r"应(?P<w>界)(?=毕业生|高校毕业|本科|大学)", "届", ("应界",)),
    Pair(r"换界(?=选举|工作|大会|纪律|[,。之])", "换届"),
    Pair(r"各(?P<w>届)(?<=社会各届|[,。]各届)(?=人士|群众|代表|爱心|[,。力、关支])", "界", ("各届",)),
    Pair(r"即要(?=[^,。;:\n]{2,24},[又也更还]要)", "既要"),
    Pair(r"需知(?<=考生需知|办事需知|报名需知|参赛需知|参会需知|游客需知|旅客需知|入场需知|购票需知|用户需知|乘客需知|观众需知)(?![晓道悉会])", "须知"),
    Pair(r"督查(?<=环保督查|环境保护督查)(?<=中央.{2,8}督查)", "督察"),
    Pair(r"督察(?<=国务院大督察)", "督查"),
    Pair(r"公正(?=书(?:[,。、]|原件)|员(?:[,。、]|办理))", "公证"),
    Pair(r"公证(?<=公平公证|公开公证|公平、公证|公开、公证)(?![处书员人事服业、])", "公正"),
    Pair(r"脏物(?<=追缴脏物|收缴脏物|缴获脏物|窝藏脏物|销售脏物|转移脏物|起获脏物|退还脏物|涉案脏物)", "赃物"),
    Pair(r"佩带(?=党徽|党员徽章|口罩|安全帽|安全头盔|头盔|红领巾|胸[牌花]|小白花|工作证|国徽|徽章)", "佩戴"),
    Pair(r"配戴(?=党徽|党员徽章|口罩|安全帽|安全头盔|头盔|红领巾|胸[牌花])", "佩戴"),
    Pair(r"配带(?=党徽|党员徽章|口罩|安全帽|安全头盔|头盔|红领巾|胸[牌花])", "佩戴"),
    Pair(r"过度(?=期(?![待望间货限许])|阶段|时期|地带|安置)(?<!不过度)", "过渡"),
    Pair(r"过度(?<=平稳过度|平稳有序过度|顺利过度|逐步过度)(?![期])(?=[,。;、到至])", "过渡"),
    Pair(r"过渡(?=开发|消费|捕捞|医疗|包装|放牧|依赖|劳累|疲劳|解读|执法|紧张|悲伤|治疗|砍伐|采伐|饮酒|肥胖|自信|商业化)", "过度"),
    Pair(r"取的(?=了(?!不起))", "取得"),
    Pair(r"获的(?=了|好评)(?<=[,。\n荣还也均曾]获的)", "获得"),
    Pair(r"的到(?<=[题求益利展平用障活境感护全升制实决]的到)(?=有效|妥善|及时|圆满)(?=[^,。\n]{2}(?:解决|落实|保障|改善|提升|加强|控制|遏制|处置|化解|整治|治理))", "得到"),
    Pair(r"不的(?=擅自|少于|超过|低于|高于|以任何|违反|损害|泄露|弄虚作假|无故)", "不得"),
    Pair(r"值的(?<![价产增升保贬市净总均峰数比分阀颜面等阈定幅]值的)(?=一提的|注意的是|肯定的是|关注的是|骄傲的|庆幸的|信赖的|学习借鉴|推广的)", "值得"),
    Pair(r"正再(?=进行|开展|建设|推进|实施|施工|办理|审核|修复|抢修)", "正在"),
    Pair(r"不在(?=另行通知|一一列举|一一赘述|赘述|另行公告)", "不再"),
    Pair(r"以于(?<![予可足难据用得借所加是]以于)(?=\d{1,4}[年月日]|昨[日天]|今[日天年]|本月|上月|去年|日前|近日)", "已于"),
    Pair(r"已便(?<![早也而]已便)(?=更好地|及时(?:发现|了解|掌握|处理)|进一步|今后|群众)", "以便"),
    Pair(r"已免(?=影响|造成|发生|引起|耽误|遗漏|延误|出现)", "以免"),
    Pair(r"非盈利(?=组织|法人|机构|性)", "非营利"),
    Pair(r"共商国事", "共商国是"),
    Pair(r"考查(?<=干部考查|实地考查)(?!科目|课)", "考察"),
    # 既使企业减负，也使职工受益 is right; 也要, 也不, 仍 after it make it a concession
    Pair(r"既使(?![用命者得馆节])(?=[^,。;:!?\n]{1,14}再?[^,。;:!?\n]{0,4},[^,。;:!?\n又]{0,6}(?:也(?:要|不|会|必须|应|得(?!到)|无法|没|坚[持守决])|都|仍))(?![^。;!?\n]{0,40}又)", "即使"),
)  # fmt: skip


def _by_head() -> dict[str, tuple[tuple[regex.Pattern[str], str], ...]]:
    """First two letters → the patterns that can begin there, each with the right word."""
    found: dict[str, list[tuple[regex.Pattern[str], str]]] = {}
    for pair in _PAIRS:
        for head in pair.heads or (pair.wrong[:2],):
            found.setdefault(head, []).append((regex.compile(pair.wrong), pair.right))
    return {head: tuple(pairs) for head, pairs in found.items()}


_OF = _by_head()
# Two letters out of two sets, then the table: an alternation of all heads takes twice the time.
_HEAD = re.compile(f"[{''.join({head[0] for head in _OF})}](?=[{''.join({head[1] for head in _OF})}])")

NEEDS = needs(*(regex.compile(pair.wrong) for pair in _PAIRS))


def find(text: Text) -> Iterator[Finding]:
    """Each wrong word, without its company; what was written in Traditional characters proves nothing."""
    plain = text.plain
    for head in _HEAD.finditer(plain):
        at = head.start()
        for pattern, right in _OF.get(plain[at : at + 2], ()):
            hit = pattern.match(plain, at)
            if hit is None:
                continue
            start, end = hit.span("w") if "w" in pattern.groupindex else hit.span()
            if not is_traditional(text.as_written[slice(*text.written(start, end))]):
                yield RULE.at(text, start, end, right)
            break
