"""The form of an internal telegram: 内部明电, 密码电报, 发电单位 …"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.telegram-form",
    title="内部电报格式",
    why="内部明电、密码电报、传真电报只在机关专用渠道传递。电报的报头上网，说明内部电文被原样录入。",
    basis=(
        (
            "《党政机关公文处理工作条例》第二十六条：涉密公文应当通过机要交通、邮政机要通信、城市机要文件交换站"
            "或者收发件机关机要收发人员进行传递，通过密码电报或者符合国家保密规定的计算机信息系统进行传输"
        ),
        "《保守国家秘密法实施条例》第四十二条：对拟公开的信息逐项进行保密审查",
    ),
    examples=(
        "⟦内部明电⟧\n临江县人民政府办公室",
        "⟦内部传真电报⟧\n关于做好节日值班工作的通知",
        "⟦发电单位　临江县委办公室　　签批盖章⟧\n各乡镇党委：",
        "临江县应急管理局\n⟦临机发 128 号⟧",
        "⟦密码电报⟧\n各市、县(区)党委：",
        "⟦密　电⟧\n各市、县(区)党委：",
        "⟦明 传 电 报⟧\n临江县防汛抗旱指挥部",
        "国务院办公厅关于2024年部分节假日安排的通知\n国办发明电〔2023〕7号",
        "新增风电发电单位12家，装机容量突破百万千瓦。",
        "讲座介绍了隐蔽战线上密码电报的历史。",
        "临农机发12号\n关于开展农机检修的通知",
    ),
)
NEEDS = ("电", "机发")

_FORM = regex.compile(
    r"(?:[\u4e00-\u9fff]{2,20}?[ \t]{0,6})??(内[ \t]{0,3}部[ \t]{0,3}(?:明[ \t]{0,3}电|传真电报|电报)"
    r"|[密明][ \t]{0,3}[码传][ \t]{0,3}电[ \t]{0,3}报|传真电报|(?<![\u4e00-\u9fff])密[ \t]{0,4}电(?![\u4e00-\u9fff]))(?:[ \t]{1,8}.{0,20})?"
    r"|(发电(?:单位|机关)[ \t:].{0,40}(?:签批|签发|等级|密级).{0,20})"
    r"|(?:.{0,30}[ \t])?([\u4e00-\u9fff]{1,3}(?<!农)机发[ \t]{0,2}(?:第[ \t]{0,2})?\d{1,5}[ \t]{0,2}号)"
)


def find(text: Text) -> Iterator[Finding]:
    """Lines of the head that are a telegram's."""
    for line in header(text):
        if ("电" in line.letters or "机发" in line.letters) and (hit := _FORM.fullmatch(line.letters)):
            start, end = next(hit.span(group) for group in (1, 2, 3) if hit[group])
            yield RULE.at(text, line.start + start, line.start + end)
