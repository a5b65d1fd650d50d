"""Private mailboxes of persons; mailboxes an office gives for sending things to are public."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from detectors.pii import EMAIL
from detectors.rule import Example, Rule
from detectors.rules.pii._page import is_notice, kind_hits, report, together
from detectors.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.known import Known
    from detectors.rule import Find, Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.personal-email",
    title="个人电子邮箱",
    why="个人邮箱是联系方式，也常是各类账号的登录名，公开后会收到诈骗和钓鱼邮件。对外联络应使用单位邮箱。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
    ),
    examples=(
        "申请人周小满，电子邮箱：⟦zhouxiaoman@163.com⟧。",
        "可通过邮箱⟦1234567890@qq.com⟧与其本人联系。",
        "本人邮箱：⟦zhouxiaoman(at)163.com⟧，或者⟦zhou.xm#qq.com⟧。",
        "当事人邮箱⟦zhouxm [at] sina．com⟧已停用。",
        "意见请于12月31日前发送至邮箱：xxgk@county.gov.cn。",
        "报名表发送至招聘邮箱hr2024@163.com，邮件主题注明岗位。",
        "举报信箱：jubao@example.gov.cn，公开征求意见邮箱zqyj@126.com。",
        "邮箱z***@163.com已登记。",
        Example('<p>申请人的<a href="⟦mailto:zhouxm@163.com⟧">邮箱</a>已核实。</p>', format="html"),
        Example('<p>报名表请发送至<a href="mailto:hr2024@163.com">招聘邮箱</a>。</p>', format="html"),
    ),
    private=True,
)

_SIGNS = ("@", "at", "(a)", "[a]", "艾特", "#")  # no mailbox on the page without one of them
_LINK = "mailto:"
_OFFICE = re.compile(
    r"报名|投稿|来稿|征集|征求|意见|建议|反馈|简历|应聘|招聘|发送|发至|发到|发往|邮件至|提交|举报|监督|投诉|咨询|联系我们|单位|办公|采购|投标|招标|信箱|"
    r"传真|0[0-9]{2,3}-[2-8][0-9]{6}|报送|上报|材料|回执|负责人|联系人|客服|编辑部|编委|官方|公司|中心|服务|邮寄|收件|申报|订阅"
)
_PERSON = re.compile(
    r"申请人|本人|患者|当事人|户主|投诉人|身份证|手机|住址|居住|家住|家长|学生|其|姓名|个人|他|她|男|女|岁"
)


def prepare(known: Known) -> Find:
    """The unit's own domains are public, whoever provides them."""

    def find(text: Text) -> Iterator[Finding]:
        plain = text.plain
        hits = []
        for hit in kind_hits(text, EMAIL) if any(sign in plain for sign in _SIGNS) else ():
            address = plain[hit.start : hit.end]
            if address.rpartition("@")[2] not in known.own_domains and not _is_of_office(text, hit.start):
                hits.append(hit._replace(number=address))
        yield from report(RULE, text, together(hits))
        for link in text.links:
            if not link.target.lower().startswith(_LINK):
                continue
            address = fold(unquote(link.target[len(_LINK) :].partition("?")[0]))
            if address.rpartition("@")[2] in known.own_domains or not any(EMAIL.find(address)):
                continue
            # What is shown is found above; of a link without letters nothing is known but the page.
            start, end = (text.to_plain(at) for at in link.shown)
            if address not in plain[start:end] and not _is_of_office(text, end):
                yield RULE.at_source(text, link.span, note="邮件链接中的地址，点开即见。")

    return find


def _is_of_office(text: Text, at: int) -> bool:
    """Whether the words before a mailbox, or the kind of page, say that an office gives it for sending things to."""
    left = text.plain[max(0, at - 50) : at]
    left = left[max(left.rfind(mark) for mark in "。;\n") + 1 :]
    office = max((found.start() for found in _OFFICE.finditer(left)), default=-1)
    person = max((found.start() for found in _PERSON.finditer(left)), default=-1)
    return office > person or (office == person and is_notice(text))
