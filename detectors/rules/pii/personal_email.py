"""Private mailboxes of persons; mailboxes an office gives for sending things to are public."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.pii import EMAIL
from detectors.rule import Rule
from detectors.rules.pii._page import is_notice, kind_hits, report, together

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
    ),
    private=True,
)

NEEDS = ("@", "at", "(a)", "[a]", "艾特", "#")

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
        for hit in kind_hits(text, EMAIL):
            if plain[hit.start : hit.end].rpartition("@")[2] in known.own_domains:
                continue
            left = plain[max(0, hit.start - 50) : hit.start]
            left = left[max(left.rfind(mark) for mark in "。;\n") + 1 :]
            office = max((found.start() for found in _OFFICE.finditer(left)), default=-1)
            person = max((found.start() for found in _PERSON.finditer(left)), default=-1)
            if office > person or (office == person and is_notice(text)):
                continue
            hits.append(hit._replace(number=plain[hit.start : hit.end]))
        yield from report(RULE, text, together(hits))

    return find
