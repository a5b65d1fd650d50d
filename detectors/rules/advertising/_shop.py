"""How a seller talks: lures, calls, the shop's own voice, its goods. One word of these proves nothing; several together do.

Government pages use many of the same words, so a word counts only in company: cues of
different kinds within the length of one advertisement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Patterns over Text.plain, each beginning with two letters (or sets of letters) of its own.
_LURE = """
原价 现价 仅售 仅需[\\dx] 特价 秒杀 团购 满[\\dx]{1,6}元?[减送返抵] 立减 立省 折优惠 折起 折销售 折特卖 折封顶 代金[券卷] 现金[券卷] 抵用[券卷] 优惠[券卷价] 体验[券卷价]
买一送 买一赠 买[\\dx]送 买[\\dx]赠 包邮 到手价 清仓 甩卖 让利 促销 酬宾 [钜巨特]惠 [钜巨]献 半价 抢购 名额有限 数量有限 先到先得 送完即止 赠完即止 欲购
超值 豪礼 好礼 惊喜 精美礼 礼品一 礼品相送 大礼包 礼相送 抽奖 抽大奖 充值 会员[卡价] 年卡 疗程 优惠活动 优惠多 优惠大 优惠政策享 优惠期间 大优惠 更多优惠 享优惠 享受优惠 活动价
一口价 老带新 元起(?![草步]) 万起 万抵 元抵 首付 低至 最低[\\dx] 免费体验 免费试 免费评估 免费量房 免费设计 免费领取 免费送 免费赠 免费做 送价值 赠送 返现 倍积分 红包 0元购 限时 大奖 购物卡 加油卡 油卡 白送
折扣 专享 即享 可享[受\\dx] 进店有 到店有 即送 立送 均送 就送 再送 还送 送[\\dx]{2,6}元 价值[\\dx]{2,6}元 元/[平㎡次斤盒瓶] 底价 超低 爆款 热卖 热销 错过 仅限 只限 最后[\\dx一二三]天 机会难得 机不可失 火爆 劲爆 疯抢
"""
_CALL = """
欢迎致电 欢迎来电 欢迎您?来电 欢迎咨询 欢迎洽谈 欢迎选购 欢迎光临 欢迎您 欢迎惠顾 欢迎订购 欢迎新老 欢迎前来 欢迎品鉴 致电咨询 致电本 来电咨询 来电洽谈 来电预约 来电即 详询 详情[请咨进致电见] 垂询 洽谈
咨询电话 咨询热线 购热线 约热线 订热线 贵宾热线 美丽热线 服务热线 热线: 热线[\\dx] 订购电话 预约电话 预订电话 订餐电话 抢购电话 联系电话 电话[:是x\\d] 手机[:号x\\d] tel 恭候 恭迎 光临 莅临 惠顾 进店 到店 来店 店内 入店 店咨询
请联系 联系我 与我联 加我微 加微信 微信[:号同x] qq[:x\\d] 点击购买 下单 客服 地址: 打扰 回复[\\dxt] 退订 赶快 赶紧 快来 速来 抓紧 预约 收藏此 保存此 凭此短 凭短信 随时联 随时为您 欢迎到店 期待您 等你来 等您 恭祝 选购
"""
_VOICE = """
本店 我店 本公司 我公司 我司 贵公司 贵司 本会所 公司特 公司推 我们店 新老[顾客会业] 老顾客 老客户 老会员 老业主 新客户 新顾客 尊敬的[顾客会贵家车老女先新业用] 亲爱的[顾客会姐家女美客朋亲妈宝新] 竭诚为 热诚为 真诚为
销售顾问 置业顾问 投资顾问 理财顾问 健康顾问 课程顾问 购车顾问 客户经理 信贷经理 理财经理 销售经理 业务经理 店长 业务员 信贷专员 销售员 回馈 答谢 全体员工 主营 专业办理 专业代 专业承 专业从事 专业回收 专业维修 专业生产 专业定制
长期供应 长期办理 长期合作 长期回收 长期招 诚邀 特邀您 邀您 感谢您的?致电 感谢您的?来电 感谢致电 感谢来电 谢谢致电 为您提供 为您服务 为您办理 为您量身 为您解 愿为您 老板[您你,]好? 先生[您你,] 女士[您你,] 小姐[您你,] 家长[您你]好 姐[,:您]您?好?
我是[^,。\\n]{1,12}的 我是[^,。\\n]{1,12}[行店部司售] 刚才给您 刚刚给您 特推出 隆重推出 隆重开业 盛大开业 开业大 店庆 周年庆 厂家直 为感谢 为了感谢 元佳节 宵节快乐 女神节 女人节 三八节 节日快乐 新年快乐 生活愉快 万事如意 阖家幸福 生意兴隆
"""
_GOODS = """
养生馆 养生会 养生堂 养生美 养生店 美容院 美容养 美容会 美容店 美容馆 美容师 美容美 spa 会所 健身房 健身会 瑜伽 楼盘 户型 精装 洋房 现房 旺铺 商铺 金铺 开盘 认筹 认购 营销中心 售楼 售房部 4s xs店 车险 交强险 商业险 专卖店 旗舰店 专营店 专柜 面膜 减肥 瘦身 祛斑 祛痘 护肤 面部护 身体护 背部护 套盒 装修公 装饰公 建材城 家居城 家具城
二手车 二手房 新房源 代开 代办 按揭 置换 续保 试驾 置业 购房 买房 卖房 房源 楼部 公馆 新款 春装 女装 男装 内衣 童装 地板 瓷砖 橱柜 吊顶 衣柜 灯饰 家纺 招商 加盟 代理商 厂价 批发 零售 租售 出租 转让 培训班 招生 开课 开班 火锅 套餐 ktv 影楼 婚纱 摄影 化妆品 美体 汗蒸 足浴 足疗 艾灸 奶粉 文胸 美甲 纹绣 茶楼 自助餐 月饼 白酒 红酒 手机店 家教 驾校 学车 均价 总价 首套 别墅 学区房 写字楼 平米 整形 脱毛 肩颈 经络 排毒 丰胸 卵巢 spa馆 商标 工商注 注册公 记账 刻章 打字复 复印 搬家 疏通 开锁 家政 月嫂 洗车 车型 提车 购车 买车 轿车 卖车 车贷 收车 验车 过户 违章 年审 代驾 租车
"""
_PRAISE = """
实力雄厚 值得信赖 值得拥有 品质保[证障] 质优价 物美价廉 物超所值 深受广?大?[消客用顾] 好评如潮 行业领先 行业领军 行业标杆 信誉至上 信誉第一 客户至上 顾客至上 经验丰富 服务周到 售后无忧 您的首选 不二选 明智之选 首选品牌 知名品牌 十大品牌 一流 手续简[便单] 放款快 上门服务 品质生活 尊贵 奢华 至尊 臻品 黄金地段 稀缺 性价比 独特魅力
"""
_HEADS_OF = re.compile(r"(\[[^\]]+\]|\\?.)(\[[^\]]+\]|\(.*|\\?.)?")


class Cue(NamedTuple):
    """One cue in ``plain``."""

    start: int
    end: int
    kind: str
    word: str


def _letters(piece: str) -> str:
    """The letters a piece of a pattern stands for."""
    return piece[1:-1].replace("\\d", "0123456789") if piece.startswith("[") else piece


def _by_head() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """First two letters → the patterns that can begin there with their kind, longest first."""
    found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    lists = {"lure": _LURE, "call": _CALL, "voice": _VOICE, "goods": _GOODS, "praise": _PRAISE}
    for kind, words in lists.items():
        for word in words.split():
            first, second = _HEADS_OF.match(word).groups()  # type: ignore[union-attr]  # every word has two letters
            for a in _letters(first):
                for b in _letters(second):
                    found.setdefault(a + b, []).append((re.compile(word), kind))
    for patterns in found.values():
        patterns.sort(key=lambda pattern: -len(pattern[0].pattern))
    return found


_OF = _by_head()


def _class(letters: Iterator[str]) -> str:
    return "".join(sorted(set(letters))).replace("]", r"\]")


# Two letters out of two sets, then the table: one alternation of all words takes thirty times as long.
_HEAD = re.compile(f"[{_class(head[0] for head in _OF)}](?=[{_class(head[1] for head in _OF)}])")
_NUMBER = re.compile(r"(?<![\dx])(?:1[3-9][\dx]{9}|x{11}|(?:0[\dx]{2,3}|x{3,4})[-—一][\dx]{7,8}|x{7,8}|400-?[\dx]{3}-?[\dx]{4})(?![\dx])")

# Anti-fraud publicity, market supervision and statutes speak of the same things to forbid them.
_WARNING = re.compile(
    r"诈骗|骗局|反诈|防骗|谨防|警惕|陷阱|套路|虚假宣传|虚假广告|违法广告|广告法|典型案例|非法集资|传销|切勿|轻信|上当|受骗|不法分子|查处|整治|违法违规|不得|禁止|严禁|嫌疑人|立案|判处"
)
# What a government gives, sells or buys by itself.
_PUBLIC = re.compile(
    r"消费券|以旧换新|惠民券|文惠券|招标|投标|采购人|中标|成交公告|竞买|拍卖公告|挂牌出让|招聘会|公开招聘|公开招考|人社局|就业局|助农|消费帮扶|展销会|博览会|政府补贴|惠民政策|医保|公积金|公益性岗位|商务局|人民政府|12345"
)


def cues(plain: str, start: int = 0, end: int | None = None) -> Iterator[Cue]:
    """Cues of a range of the text in order, none of them within another."""
    last = start
    for head in _HEAD.finditer(plain, start, len(plain) if end is None else end):
        at = head.start()
        if at < last:
            continue
        for pattern, kind in _OF.get(plain[at : at + 2], ()):
            hit = pattern.match(plain, at)
            if hit is not None:
                last = hit.end()
                yield Cue(at, last, kind, hit[0])
                break


def has_number(plain: str, start: int, end: int) -> bool:
    """Whether a telephone number (digits masked with x or not) stands in a range."""
    return _NUMBER.search(plain, max(0, start), end) is not None


def is_warning(plain: str) -> bool:
    """Whether the text warns of such things, forbids or punishes them."""
    return _WARNING.search(plain) is not None


def is_public_service(plain: str) -> bool:
    """Whether a government's own benefits, purchases or job fairs are told."""
    return _PUBLIC.search(plain) is not None


def kinds(found: Sequence[Cue]) -> dict[str, int]:
    """Kind → number of different words."""
    words: dict[str, set[str]] = {}
    for cue in found:
        words.setdefault(cue.kind, set()).add(cue.word)
    return {kind: len(of) for kind, of in words.items()}
