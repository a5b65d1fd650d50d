"""A user name or password inside an address."""

from __future__ import annotations

from collections.abc import Iterator

from detectors.rule import Example, Finding, Rule
from detectors.rules.link._page import page
from detectors.text import Text

RULE = Rule(
    id="link.user-info",
    title="网址里带有用户名或口令",
    why="“@”之前是登录用的用户名和口令，会随网页公开；也常被用来让人看错网站。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第二十条(一)：完善数据备份及防攻击、防病毒、防篡改等安全防护措施",
        "《福州市政府网站管理暂行办法》第三十二条：不得有任何危害网站网络与信息安全的行为",
    ),
    examples=(
        Example('<a href="⟦http://admin:Tj2024@data.qingshan.gov.cn/⟧">数据平台</a>', "html"),
        "数据请从⟦http://tongji@data.qingshan.gov.cn/⟧下载。",
        Example('<a href="http://data.qingshan.gov.cn/u/@tongji">数据平台</a>', "html"),
        Example('<a href="mailto:tongji@qingshan.gov.cn">邮箱</a>', "html"),
        "投诉邮箱：tongji@qingshan.gov.cn。",
    ),
)  # fmt: skip


def find(text: Text) -> Iterator[Finding]:
    """Whatever stands before the @; a name that pretends to be a host is look-alike-domain."""
    for place in page(text).web:
        one = place.address
        if one.user and one.host is not None and "." not in one.user.partition(":")[0]:
            what = "用户名和口令" if ":" in one.user else "用户名"
            yield place.say(RULE, text, note=f"“@”之前是{what}，实际网站是 {one.host.shown}。")
