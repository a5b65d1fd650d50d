"""A source that is not on the list of approved sources."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from detectors.known import Known
from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.source._approved import Approved, Sources, approved
from detectors.rules.source._printed import head, sources
from detectors.text import About, Text, fold

RULE = Rule(
    id="source.unapproved-source",
    title="稿源不在名单内",
    why="政府网站和政务新媒体原则上只转载党委、政府网站和主管部门确定的稿源单位的内容；自媒体和商业平台的内容未经核实，也常有版权争议。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十七条（三）：原则上只转载党委和政府网站以及有关主管部门确定的稿源单位发布的信息",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得发布来源不明信息",
    ),
    examples=(
        "来源：⟦百家号⟧ 作者：山间小禾",
        "（来源：⟦小红书@云上青禾⟧）",
        "转自：⟦今日头条⟧",
        Example("⟦多吃杂粮好处多⟧\n杂粮富含膳食纤维。", about=About(source_name="搜狐号", complete=True)),
        Example(
            "⟦多吃杂粮好处多⟧\n杂粮富含膳食纤维。",
            about=About(source_name="健康生活", source_url="https://www.sohu.com/a/123456", complete=True),
        ),
        "来源：新华社",
        "来源：云山县人民政府办公室",
        "来源：云山县融媒体中心抖音号",
        "来源：央视新闻客户端",
        Example(
            "全国防灾减灾日\n5月12日是……",
            about=About(source_name="应急管理部", source_url="https://www.mem.gov.cn/xw/1.html"),
        ),
        "经网友在小红书留言反映，我局立即派人核实。",
    ),
)

# Platforms where anybody may write, and portals that are not on the national list of sources.
_ANYBODY = re.compile(
    r"百家号|搜狐|头条号|今日头条|网易号|网易(?:新闻|网|$)|大鱼号|企鹅号|一点号|一点资讯|知乎|小红书|豆瓣|简书|贴吧|天涯社区|论坛|博客"
    r"|哔哩哔哩|b站|快手|抖音|百度(?:文库|经验|贴吧)|维基百科|道客巴巴|豆丁|csdn|360doc|个人图书馆|自媒体|新浪(?:网|新闻|财经|$)|腾讯(?:网|新闻|$)"
)
_HOSTS = frozenset(
    [
        "sohu.com",
        "163.com",
        "baidu.com",
        "toutiao.com",
        "zhihu.com",
        "xiaohongshu.com",
        "douban.com",
        "jianshu.com",
        "bilibili.com",
        "kuaishou.com",
        "douyin.com",
        "360doc.com",
        "csdn.net",
        "sina.com.cn",
        "sina.cn",
        "qq.com",
        "uc.cn",
        "docin.com",
        "doc88.com",
        "yidianzixun.com",
    ]
)
# Accounts there say nothing about who keeps them: the name decides.
_ACCOUNTS = frozenset({"mp.weixin.qq.com", "weibo.com", "weixin.qq.com"})
_PUBLIC = re.compile(
    r"政府|办公[厅室]|委员会|人大|政协|纪委|监委|法院|检察院|公安|交警|消防|税务|海关|气象|地震|疾控|统计|学校|大学|学院|医院"
    r"|[厅局署部委]$|发布$|融媒|报社?$|日报|晚报|晨报|都市报|电视台|广播|街道|[乡镇县区市州省]$|中心$|支队$|大队$|宣传|党[委校]|工会|共青团|团委|妇联|残联|红十字|文明|普法|网信"
)
_APART = re.compile(r"[、,;/|\s]+")


def prepare(known: Known) -> Find:
    """With the operator's list everything else is reported; without it only platforms where anybody may write."""
    listed = approved(known)

    def find(text: Text) -> Iterator[Finding]:
        about = text.about
        day = about.published_on or datetime.date.today()  # noqa: DTZ011 the office's own calendar day
        for printed in sources(text.plain):
            reason = _objection(printed.name, day, listed, about)
            if reason:
                yield RULE.at(text, printed.name_start, printed.name_end, note=reason)
        reason = _objection(fold(about.source_name), day, listed, about) or _host_objection(
            about.source_url, day, listed
        )
        place = head(text) if reason else None
        if place is not None:
            yield RULE.at(
                text, *place, note=f"送审时填写的来源：{about.source_name or about.source_url}。{reason}"
            )

    return find


def _objection(given: str, day: datetime.date, listed: Sources, about: About) -> str:
    """Why a name may not stand there, or nothing. One good name among several is enough."""
    name = given.strip(" “”\"《》'")
    if not name or (about.unit and fold(about.unit) in name):
        return ""
    entry = listed.named(name)
    if entry is not None:
        return _expired(entry, day)
    if _PUBLIC.search(name) or any(_PUBLIC.search(part) for part in _APART.split(name)):
        return ""
    if _ANYBODY.search(name):
        return "自媒体、商业平台不是规定的稿源单位，请改用党委、政府网站或稿源名单内媒体的原文。"
    return "不在本单位的稿源名单内，请核对。" if listed.own else ""


def _host_objection(url: str, day: datetime.date, listed: Sources) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    if (
        not host
        or host in _ACCOUNTS
        or host.endswith((".gov.cn", ".mil.cn", ".政务", ".政务.cn"))
        or host == "gov.cn"
    ):
        return ""
    entry = listed.host(host)
    if entry is not None:
        return _expired(entry, day)
    above = host
    while above:
        if above in _HOSTS:
            return f"{host} 是自媒体、商业平台的网址。"
        above = above.partition(".")[2]
    return f"{host} 不在本单位的稿源名单内，请核对。" if listed.own else ""


def _expired(entry: Approved, day: datetime.date) -> str:
    if entry.valid_to is not None and day > entry.valid_to:
        return f"“{entry.name}”在稿源名单中的有效期已于{entry.valid_to:%Y-%m-%d}届满。"
    if entry.valid_from is not None and day < entry.valid_from:
        return f"“{entry.name}”自{entry.valid_from:%Y-%m-%d}起才列入稿源名单。"
    return ""
