"""What a hijacked page carries: gambling, pornography, loans, fraud, forged papers. In titles and hidden text too."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from detectors.matcher import matcher
from detectors.needs import needs
from detectors.rule import Example, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.hijacked-content",
    title="疑似被植入的违法内容",
    why="政府网站不会刊登赌博、色情、网贷、诈骗、代开发票一类内容。出现这些内容，多半是稿件来源有问题，"
    "或者页面已被篡改挂马，发布即构成安全事故。",
    basis=(
        "《互联网信息服务管理办法》第十五条：不得制作、复制、发布、传播含有散布淫秽、色情、赌博等内容的信息",
        "《未成年人网络保护条例》第二十二条：任何组织和个人不得制作、复制、发布、传播含有宣扬淫秽、色情、赌博等内容的网络信息",
        "《广告法》第九条：广告不得含有淫秽、色情、赌博、迷信、恐怖、暴力的内容",
    ),
    examples=(
        "⟦时时彩⟧平台_真人百家乐_北京赛车官网开户送彩金",
        "⟦开云体育⟧app下载_官方网站登录入口",
        Example("<title>⟦亚博体育⟧官网登录</title><p>政务公开</p>", format="html"),
        Example('<p>通知</p><p style="font-size:0">⟦真钱棋牌⟧ 电玩城</p>', format="html"),
        "同城上门⟦约茶⟧，模特空姐，微信qinghe123",
        "各类⟦毕业证、学位证，网上可查⟧，加微信qinghe123",
        "⟦网贷口子⟧秒下款，不查征信，加QQ100200300",
        "⟦无抵押⟧无担保，当天放款，黑户可贷，电话13900000000王经理",
        "您好，⟦我是做信用贷款⟧的小李，利息低、放款快，急用钱联系我。",
        "招⟦网络兼职⟧，刷单返佣，足不出户日赚300元，加QQ100000001",
        "我公司⟦有多余发票⟧，可对外代开增值税发票，验证后付款，手机13900000001",
        "⟦刻章⟧办证，代办文凭，各类证件，电话13900000002",
        "午夜⟦成人视频⟧在线观看，无码激情电影免费下载",
        "请把⟦钱打到⟧⟦6200000000000000000⟧ 建设银行 户名张大山",
        Example('<p>会议强调，要抓好春耕生产。</p><div style="display:none">⟦百家乐⟧</div>', format="html"),
        Example('<meta name="keywords" content="⟦六合彩⟧,开奖结果"><p>政务公开</p>', format="html"),
        "冰雪大世界亮相，米兰体育场将举办开幕式，游客可登录官网预约。",
        "毕业证、学位证丢失的，可到学校申请办理证明，信息在学信网可查，咨询电话0990-0000000。",
        "警方提醒：凡是“刷单返利、足不出户日赚300元”的都是诈骗。",
        "我县破获一起网络赌博案，嫌疑人利用“百家乐”“时时彩”平台非法牟利。",
        "县农商行推出“惠农贷”，无抵押、免担保，最高额度30万元，咨询电话0990-0000000。",
        "创业担保贷款利率低、放款快，符合条件的可到人社局申请。",
        "福利彩票开奖公告：第2024032期双色球开奖结果。",
        "税务部门严查虚开发票、代开发票行为。",
        "登录电子税务局，点击“代开增值税发票”，填写信息后提交，咨询电话12366。",
        "捐款账户：临江县慈善总会，开户行：建设银行临江支行，账号：62000000000000000000",
        "严禁发布“无抵押贷款”“办证刻章”等小广告。",
        "县公安局办理护照、港澳通行证，办证大厅周六照常。",
        "农业技术推广站值班电话：86012345，86012346。",
        "稿件请寄文化副刊，邮政编码000000，传真86012345、86012346。",
        "证人郑某证言：客户催要增值税发票，他就让我联系找别人代开发票，税费由他承担。",
        "谭某给我打电话催要增值税发票，让我帮助联系他人代开发票，并答应开票税费由公司解决。",
        "明年固定资产贷款纳入比例管理后，在增加银行贷款自主权的同时，我行要建立权责一致的制约机制，合理发放贷款，保证资产质量。",
    ),
)


_HEAD = re.compile(r"\(\?:([^()|]+(?:\|[^()|]+)+)\)(?![?*+{])|\[([^\]\\^-]+)\](?![?*+{])")


def _flat(pattern: str) -> re.Pattern[str]:
    """Alternatives that begin with a group or a class, written out.

    `re` looks for the possible first letters only where every alternative begins with a bare one:
    ten times faster on a page without a hit.
    """
    heads: list[str] = []
    for one in re.split(r"\|(?![^(]*\))", pattern):
        head = _HEAD.match(one)
        firsts = [""] if head is None else head[1].split("|") if head[1] else list(head[2])
        heads += [first + one[head.end() if head else 0 :] for first in firsts]
    return re.compile("|".join(heads))


class Kind(NamedTuple):
    """One kind of content: its name for the editor; patterns that mean it and that only support them.

    ``called``: counts only where somebody is called upon (a number to ring, 联系我), for its words are everyday ones.
    """

    name: str
    strong: re.Pattern[str]
    weak: re.Pattern[str]
    enough: int  # points: 2 for each different strong word, 1 for each weak one and for each call
    called: bool = False


_KINDS = (
    Kind(
        "赌博内容",
        _flat(
            "百家乐|时时彩|六合彩|老虎机|真人(?:视讯|娱乐|荷官|棋牌)|博彩(?:网|平台|公司|娱乐|官网)|[网线]上(?:赌场|博彩|娱乐城|投注)"
            "|赌(?:场|博)(?:官网|平台|网站|网址)|体育投注|电子游艺|棋牌(?:娱乐|平台|游戏平台|游戏下载)|北京赛车|pk10|幸运飞艇|极速赛车|分分彩"
            "|平特肖?|[一二三四五六七八九]肖(?=[:/,、中])|特码|彩金|返水|新葡京|太阳城(?:娱乐|集团|亚洲|官网)|威尼斯人(?:娱乐|官网|赌)"
            "|金沙(?:娱乐|赌|国际娱乐)|皇冠(?:体育|现金|足球|博彩)|澳门(?:赌|博彩|娱乐)|捕鱼(?:游戏|平台|达人)|足球外围|外围投注|娱乐城|下注|赌友"
            "|开云(?:体育|官网|app)|kaiyun|亚博(?:体育|官网|app|娱乐|网页)|乐鱼(?:体育|官网|app)|米兰体育(?!场|馆|中心|大)|星空体育(?!场|馆|中心)|华体会|爱游戏体育|九游会|杏彩(?:体育|官网|平台|娱乐)"
            "|天天彩票|真钱(?:棋牌|游戏|麻将|斗地主)?|现金网|电玩城|足球滚球|滚球(?:投注|app|平台)|信誉网投|网投(?:平台|官网|网址)|私彩|赌球|买球(?:app|官网|平台|网站)|[炸扎]金花"
        ),
        re.compile(
            "投注|赔率|彩票|开奖|官网|注册|平台|网址|盘口|充值|首存|开户送|app|下期|登录|登陆|入口|下载"
        ),
        3,
    ),
    Kind(
        "色情内容",
        _flat(
            "成人(?:视频|电影|小说|图片|网站|直播)|色情(?:视频|网站|电影|小说)|一夜情|约炮|裸聊|无码|激情(?:视频|电影|小说|裸聊|图片)|学生妹|援交|包夜|楼凤"
            "|黄色(?:网站|电影|小说|视频)|情色|三级片|自拍偷拍|午夜(?:福利|影院|视频)|同城(?:约|一夜)|特殊服务|全套服务|巨乳|乱伦|催情|春药|迷情|壮阳|伟哥"
            "|丝袜(?:美腿|诱惑|美女)|制服诱惑|美女(?:直播|裸|视频聊天)|上门服务.{0,6}(?:小姐|美女|妹)|(?:小姐|美女|妹妹?)上门|前凸后翘|性(?:伴侣|爱|虐)|黄片|约茶|外围女|伴游(?:女|模特)|国产(?:自拍|偷拍|成人)"
        ),
        re.compile("空姐|模特|少妇|激情|美女|性感|小姐|在线观看|免费|福利|直播|下载|会所|按摩|交友|视频"),
        3,
    ),
    Kind(
        "违法服务广告",
        _flat(
            r"代开[^,。;\n]{0,10}(?:发)?票|(?:多余|剩余|余有|富余|部分|有|各[类种]|真|正规)的?[^,。;\n]{0,8}发\W{0,2}票|发\W{0,2}票[^,。;\n]{0,12}(?:代开|外开|对外|优惠|低价|出售|验证)"
            r"|(?:优惠|低价|对外|向外|可)代开|开[^,。;\n]{0,6}发票[^,。;\n]{0,6}(?:电|联系|优惠|qq|可验)|刻章|办证刻|代办(?:各[类种])?(?:文凭|学历|毕业证|证件|驾照)"
            r"|各[类种]证件|[办做]理?假证|代考|替考|论文代写|代写论文|代发论文|买卖(?:账号|银行卡)|收购(?:银行卡|手机卡|对公账户)|私家侦探|婚外情(?:调查|取证)"
            r"|窃听器?|手机(?:监听|窃听|定位|监控)(?:软件|器|王)?|监听(?:系统|王|器|软件)|短 ?信 ?群 ?发|群发(?:器|软件|平台)|改号软件|迷魂?药|蒙汗药"
            r"|(?:气枪|仿真枪|猎枪|枪支)[^,。\n]{0,6}(?:出售|货到|联系|电话|批发)|考试答案|消违章|代扣分|传奇sf|游戏私服|私服发布|(?:毕业证|学位证|资格证)(?!明)[^。\n]{0,10}(?:网上可查|官网可查|包查|包过|免考|快速出证)"
        ),
        re.compile(
            "毕业证|学位证|可查|代开|增值税|国税|地税|验证后付款|优惠|保真|点数|快速|包过|运输|文凭|学历|隐蔽|货到付款"
        ),
        4,
    ),
    Kind(
        "贷款广告",
        _flat(
            r"无需?抵押|免抵押|无需?担保|免担保|不[看查]征信|征信不好|黑户|秒(?:到账|批|下款|放款)|网贷口子|贷款口子|[当即]天就?[放下拿]款|当日放款|[放下]款(?:快|迅速|最快)|快速[放下]款|[天日][放下]款"
            r"|急[用需]钱|急需资金|急需用钱|资金(?:周转|需求|困难|难题|短缺|需要|紧张|不足)|缺钱|缺资金|信用卡(?:代办|代还|套现|提额|取现|垫还)|代办[^,。\n]{0,6}信用卡|办理[^,。\n]{0,6}信用卡|代还[^,。\n]{0,6}信用卡|大额[^,。\n]{0,6}信用卡|养卡|套现|pos机"
            r"|(?:利息|利率|费率|月息|年息)[超最极很非常]{0,2}低|低(?:息|利率|利息)|月(?:息|利率|利|费)|厘(?<=[\dx一二三几]厘)|分利|分息|无抵压|小额(?:信用)?贷|信用(?:贷|借款)|应急贷"
            r"|我是[^,。\n]{0,14}贷款|我们[^,。\n]{0,14}贷款|贷款(?:公司|经理|顾问|专员|业务|服务|中介|部|找|请|办理|咨询|需求|需要|方面|产品)|信贷(?:经理|顾问|员|部|专员|业务|客户经理|中心|公司|产品)"
            r"|(?:房|车|保单|工薪|社保|公积金|企业|个人|房产|汽车|抵押|银行|专业|经营|按揭|装修|消费|短期|做|办理|提供|需要|承接|申请)的?贷款|(?:私人|民间|短期)[借放][款贷]|可贷|易贷|宜信|(?:房产|汽车|车辆|房屋)抵押"
        ),
        re.compile(
            "贷款|信贷|抵押|放款|额度|利息|审批|身份证|信用卡|[x\\d]万|还款|手续|下款|金融|投资|融资|正规"
        ),
        4,
        called=True,
    ),
    Kind(
        "诈骗信息",
        _flat(
            r"刷(?:单|信誉|钻)|(?:网络|网上|在家|手机|打字)兼职|兼职.{0,6}日结|足不出户|(?:日赚|月赚|日入|月入)(?:过万|上万|[千万]元|\d|x)|跑分(?:平台|项目|赚)?|usdt|泰达币|轻松[日月][入赚]|内[幕部](?:消息|股票|牛股)|荐股|牛股|带单|跟单老师|稳赚"
            r"|保本保息|高额(?:返利|回报|返现)|[零无]风险|资金盘|资产解冻|解冻(?:民族)?资产|恭喜您?[^,。\n]{0,16}(?:中奖|获奖|获得|抽中)|领奖[^,。\n]{0,10}(?:手续费|公证|电话|热线)|安全账户|年化收益"
            r"|(?:钱|款|租金?|押金|费用?)[^,。\n]{0,10}[打汇存转][到入在进]|[打汇存转][到入在进](?:这|我|下面|以下|此|她|他|老公|老婆|爱人|新|那)[^,。\n]{0,8}[卡账帐号户]|[打汇转]款(?:到|至|请|账|帐|用|卡)|换了?(?:卡|账号|帐号)"
        ),
        re.compile(
            "兼职|返佣|佣金|日结|加入|老师|股票|卡号|账号|帐号|户名|汇款|银行|[工农建]行|邮政|账户|帐户|领取|收益|房租"
        ),
        4,
        called=True,
    ),
)

# A first, cheap look: letters that stand in the words above or beside them and seldom in official text.
_FIRST_LOOK = re.compile(
    "百家乐|彩(?<=时时彩|六合彩|分分彩)|彩票(?<=天天彩票)|私彩|开云|kaiyun|亚博|乐鱼|米兰体育|星空体育|华体会|爱游戏体育|九游会|杏彩|真钱|现金网|电玩城|滚球|网投|买球|金花(?<=[炸扎]金花)|"
    "彩金|虎机|博彩|赌|棋牌|飞艇|pk10|返水|葡京|捕鱼|娱乐城|乐(?<=沙娱乐|人娱乐|城娱乐|门娱乐)|码(?<=无码|特码)|肖[:/,、中]|皇冠"
    "|观看|色情|夜情|炮(?<=约炮)|裸|激情|妹(?<=学生妹)|援交|包夜|楼凤|片(?<=三级片)|偷拍|午夜|巨乳|乱伦|催情|春药|丝袜|诱惑|迷情|壮阳|伟哥|凸后|黄色[网电小视]|黄片|约茶|外围女|伴游|国产自拍|国产偷拍|国产成人"
    "|票(?<=发票|真票|开票)|票据|刻章|假证|枪支|枪(?<=气枪|真枪|猎枪)|侦探|婚外情|听(?<=窃听|监听)|群发|群 发|迷药|魂药|汗药|考(?<=替考|代考)|写(?<=代写)|扣分|传奇sf|私服|可查(?<=[上网]可查)|包查|包过|免考|快速出证"
)
_FIRST_LOOK_CALLED = re.compile(
    "贷|抵押|款(?<=[放打汇下]款)|套现|卡(?<=信用卡)|卡(?<=养卡|换卡)|黑户|征信|网贷口子|跑分|usdt|泰达币|急用钱|急需|刷单|兼职|荐股|牛股|赚|足不出户|恭喜|奖(?<=领奖|中奖)|缺钱|打到|打在|打入|汇到|汇入|存到"
)
_FIRST_LOOK_BANK = re.compile(
    "银行|储蓄|邮政|信用社|农商|农信|卡号|账号|帐号|户名|行(?<=[建工农中招交商]行)|工商[ :,x\\d]"
)
# Somebody is called upon, or speaks for himself.
_CALL = re.compile(
    "qq|微信|v信|加我|加v|加q|联系我|找我|联系人|联系电|联系方|联系本|来电|致电|电话|热线|详询|咨询|请联系|与我联|打我|我是|我们是|我行|本公司|我公司|我司|我们公|您好|你好|女士"
    "|先生|小姐|老板|老总|经理|有意者|需要的|如需|如有|有需要|欢迎|http|www|手续简|名额|回复"
)
_NUMBER = re.compile(r"[x\d](?:[ -]?[x\d]){6,17}")
# Told about others: publicity against it, news, rules. In hidden text nobody is told anything.
_PUBLICITY = re.compile(
    r"诈骗|骗|反诈|警惕|谨防|防范|严禁|禁止|严厉|打击|整治|查处|取缔|查获|抓获|破获|侦破|民警|警方|公安|派出所|嫌疑|涉嫌|涉案|被告|判处|犯罪|违法|非法|依法|处罚|举报|曝光|扫黄|净网|禁毒|案件|法院|检察|条例|办法|不得|规定|受害|不法|证人|证言|案外人|原告|公证|[\u4e00-\u9fff]某[某甲乙丙丁0-9]?(?=[,、和给与说把对的在被因将向从])|供述|庭审|虚开|电子税务局|办税服务|纳税人"
)
_ABOUT = re.compile("诈|骗|赌博|扫黄|打非|警惕|谨防|警方|民警|案例|案件|曝光|禁毒|非法集资|网贷风险")
# Public finance and public offices, which also lend, lease and collect.
_PUBLIC = re.compile(
    r"贴息|惠农|助农|乡村振兴|人社|普惠金融|人民银行|金融监管|银保监|信用村|创业担保|县委|政府|县|乡镇|镇(?:党|人)|国务院|财政|税务局|公积金中心|慈善|捐|合作社|扶持|扶贫|政策|部门|采购|招标|中标|投标|国库|非税|社保局|不动产|固定资产|总行|存贷|货币政策"
)
_ACCOUNT = re.compile(r"[x\d][x\d][x\d](?:[ \t.,、-]{0,6}[x\d]){12,18}(?![x\d*])")
# Two numbers to ring, one after the other.
_TWO_TELEPHONES = re.compile(
    r"(?:0[x\d]{2,3}-?)?[2-8x][x\d]{6,7}[,、; ]{1,2}(?:0[x\d]{2,3}-?)?[2-8x][x\d]{6,7}"
)
_BANK = re.compile(
    "银行|[建工农中]行|邮政(?!编码)|邮储|储蓄|信用社|农商|农信|工商|建设|农业|招行|交行|民生|浦发|兴业|中信|光大|卡号|户名|账号|帐号|支付宝"
)
_OFFICE = re.compile(
    "公司|局|委员会|政府|财政|专户|学校|医院|中心|基金|协会|总会|财务|国库|非税|村委|合作社|税号|代码|管理处|支队|大队|法院|项目部|集团|工厂|商行|研究院"
)
_BEFORE, _AFTER = 100, 160  # code points of the same line looked at around a word
_NEAR = 40  # code points between an account and its bank
_UNCALLED = 8  # points that need no call
_LIST = 3  # so many accounts are somebody's list, which is a matter of personal data
_TITLE = 100  # code points that a first line may have to be a title
_TELLS = 4  # so many words about fraud and vice make a page publicity

NEEDS = needs(_FIRST_LOOK, _FIRST_LOOK_CALLED, _FIRST_LOOK_BANK)
_LOOKS = [
    (word, sign)
    for look, sign in ((_FIRST_LOOK, "plain"), (_FIRST_LOOK_CALLED, "called"), (_FIRST_LOOK_BANK, "bank"))
    for word in needs(look)
]
_SIGNS = [sign for _, sign in _LOOKS]
_FIRST_LOOKS = matcher([word for word, _ in _LOOKS])


def find(text: Text) -> Iterator[Finding]:
    """One note for each kind and page."""
    plain, hidden = text.plain, text.seen != "page"
    found: dict[str, list[tuple[int, int]]] = {}
    publicity: bool | None = None  # asked of the page once, if at all
    for first, last, signs in _windows(plain):
        if not hidden and _PUBLICITY.search(plain, first, last):
            continue
        kinds = list(_kinds(plain, first, last, signs, hidden=hidden))
        # Publicity quotes the bait, but no number to ring.
        if kinds and not hidden and not _NUMBER.search(plain, first, last):
            publicity = _is_publicity(plain) if publicity is None else publicity
            if publicity:
                continue
        for kind, span in kinds:
            found.setdefault(kind, []).append(span)
    for kind, spans in found.items():
        yield RULE.at(text, *spans[0], note=f"疑似{kind}。", places=spans[1:10])


def _windows(plain: str) -> Iterator[tuple[int, int, set[str]]]:
    """Stretches of a line around what the first looks saw, none twice, each with the looks that did."""
    hits = [(start, end, _SIGNS[word]) for start, end, word in _FIRST_LOOKS.find(plain)]
    if any(sign == "bank" for _, _, sign in hits):
        hits = [hit for hit in hits if hit[2] != "bank"]
        hits += [(*hit.span(), "account") for hit in _ACCOUNT.finditer(plain)]
    hits.sort()
    first = last = 0
    signs: set[str] = set()
    for start, end, sign in hits:
        if start >= last:
            if signs:
                yield first, last, signs
            first = max(plain.rfind("\n", max(0, start - _BEFORE), start) + 1, start - _BEFORE, last)
            stop = plain.find("\n", end, end + _AFTER)
            last, signs = stop if stop >= 0 else min(len(plain), end + _AFTER), set()
        signs.add(sign)
    if signs:
        yield first, last, signs


def _kinds(
    plain: str, first: int, last: int, signs: set[str], *, hidden: bool
) -> Iterator[tuple[str, tuple[int, int]]]:
    calls = len({hit[0] for hit in _CALL.finditer(plain, first, last)}) + (
        _NUMBER.search(plain, first, last) is not None
    )
    public = _PUBLIC.search(plain, first, last) is not None
    for kind in _KINDS:
        if ("called" if kind.called else "plain") not in signs or (kind.called and public):
            continue
        hits = list(kind.strong.finditer(plain, first, last))
        if not hits:
            continue
        points = 2 * len({hit[0] for hit in hits})
        enough = kind.enough
        if hidden and not kind.called:
            enough = 1  # what is hidden was planted: one word is enough
        elif kind.called and not calls:
            enough = _UNCALLED
        points += min(2, calls) + min(2, len({hit[0] for hit in kind.weak.finditer(plain, first, last)}))
        if points >= enough:
            yield kind.name, hits[0].span()
    if not public and "account" in signs and (account := _account(plain, first, last)):
        yield "向个人账户汇款", account


def _account(plain: str, first: int, last: int) -> tuple[int, int] | None:
    """An account at a bank that belongs to no office and no company."""
    accounts = [
        one
        for one in _ACCOUNT.finditer(plain, first, last)
        if plain[one.start() - 1 : one.start()] not in ("*", "x") and not _TWO_TELEPHONES.fullmatch(one[0])
    ]
    if not accounts or len(accounts) > _LIST:
        return None
    start, end = accounts[0].span()
    near = max(first, start - _NEAR), min(last, end + _NEAR)
    if _BANK.search(plain, *near) and not _OFFICE.search(plain, *near):
        return start, end
    return None


def _is_publicity(plain: str) -> bool:
    """Whether the page is about fraud and vice: its first line says so, or its words do again and again."""
    stop = plain.find("\n", 0, _TITLE)
    if stop > 0 and _ABOUT.search(plain, 0, stop):
        return True
    return sum(1 for _ in islice(_ABOUT.finditer(plain), _TELLS)) == _TELLS
