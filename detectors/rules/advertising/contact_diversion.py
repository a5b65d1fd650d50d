"""Readers led away to a private account: 加微信, QQ群, 扫码进群, also in disguise (薇信, V❤, 扣扣)."""

import re
from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import of_kind, one, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.contact-diversion",
    title="引流到私人账号",
    why="“加微信”“扫码进群”把读者带到私人账号里，政府无法管理，常被用于推销和诈骗。变形写法（薇信、V❤、扣扣）多半是有意躲避检查。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得刊登商业广告或链接商业广告页面",
        "《六安市统计局政务新媒体管理暂行办法》第二十一条（一）：涉及商业广告（软文）",
    ),
    examples=(
        "想了解更多优惠，请⟦加微信⟧qinghe8888。",
        "⟦➕薇信⟧领取资料。",
        "详情⟦加V❤⟧咨询：qinghe_6688",
        "货源咨询⟦扣扣：12345678⟧",
        "⟦扫码进群⟧抢红包，每天都有惊喜。",
        "有意者⟦微信同号⟧，价格从优。",
        "更多信息请关注“云山发布”微信公众号。",
        "扫码关注官方微信，查询办理进度。",
        "陌生人要求加微信、扫码进群的，多为诈骗，请勿轻信。",
        "纳税人可加入税企交流QQ群（群号：12345678）咨询办税问题。",
        "社区工作人员添加居民微信，逐户通知停水安排。",
    ),
)

# An office's own line of service.
_OFFICE = re.compile(
    r"公众号|官方|工作人员|居民|业主|社区|村民|税企|政企|办税|办事|服务热线|咨询电话|技术支持|系统|平台|报名|考生|学校|企业|采购|招标|投标|应聘|招聘|简历|单位|科室|窗口|政务|局|委员会|政府|志愿"
)
_REACH = 60


def find(text: Text) -> Iterator[Finding]:
    """Disguised accounts anywhere; plain ones where no office speaks."""
    plain = text.plain
    hits = [
        hit
        for hit in of_kind(plain, "disguised", "contact")
        if hit.kind == "disguised" or not _OFFICE.search(plain, max(0, hit.start - _REACH), hit.end + _REACH)
    ]
    hits = unwarned(plain, hits)
    note = "含变形写法。" if any(hit.kind == "disguised" for hit in hits) else ""
    yield from one(RULE, text, hits, note)
