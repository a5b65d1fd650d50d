"""Titles that shout: 震惊, 速看, 竟然, !!!"""

import re
from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="expression.clickbait-title",
    title="标题党",
    why="用惊叹、悬念、恐吓的字眼吸引点击，有损政府信息的严肃性，主管部门明确要求杜绝“标题党”。",
    basis=(
        "《六安市统计局政务新媒体管理暂行办法》第十五条：杜绝为片面刻意追求点击、流量的“标题党”等庸俗化娱乐化现象",
    ),
    examples=(
        "⟦震惊⟧！这种蘑菇千万不能碰\n近日，县疾控中心提醒……",
        "⟦速看⟧！医保缴费时间有变\n2024年度医保……",
        "他在村里干了一件事，⟦结果没想到⟧\n陈一禾是……",
        "⟦不转不是⟧云山人\n云山县……",
        "暴雨来袭⟦!!!⟧这些路段封闭\n受强对流天气影响……",
        "县疾控中心提醒：谨慎采食野生蘑菇\n近日……",
        "注意！这些路段将封闭施工\n因管网改造……",
        "为民办事无小事\n5月6日，村民送来锦旗，竟然一路走来……",
        "令人震惊的数字背后：反诈宣传进社区\n诈骗金额……",
        "速递：全县一季度经济数据公布\n一季度……",
    ),
)

_BAIT = re.compile(
    r"^(?:震惊|惊呆|惊爆|吓人|太可怕|太吓人|吓死|可怕)(?=[!,了:。])|速看(?=[!,。]|$)|速速围观|紧急扩散|赶紧看|赶快看(?=[!,])|必看(?=[!])|不看后悔|看完(?:惊|哭|沉默|我)|(?<![令让])惊呆了?(?=[!所])|竟然(?=[^。\n]{0,20}[!?]|是这样|会)|居然(?=[^。\n]{0,20}[!?]|是这样|会)"
    r"|(?:结果|谁|万万|真|绝对|竟)(?:也|就)?(?:没|想不)想?到(?=[^人]|$)|万万没想到|你绝对想不到|不转不是|转疯了|炸锅了?|沸腾了|刷爆(?:朋友圈|网络)?|吓尿|细思极恐|惊天(?:大|内幕|秘密|逆转)|内幕曝光|99%的人|胆小(?:慎|勿)入|出大事了|原因竟|真相竟|背后的真相(?=[!.…]|$)|千万别(?:错过|划走)|最后一个(?:太|绝)了|[!?]{3,}|!{2,}"
)
_LONGEST = 60


def find(text: Text) -> Iterator[Finding]:
    """The title; without one the first line, if another line follows it."""
    end = text.plain_title_end
    if not end:
        end = text.plain.find("\n", 0, _LONGEST)
    if 0 < end <= 200:
        hit = _BAIT.search(text.plain, 0, end)
        if hit:
            yield RULE.at(text, *hit.span())
