"""香港, 澳门 or 台湾 in a list that ends in 等国家."""

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="expression.region-as-country",
    title="将港澳台列为国家",
    why="香港、澳门、台湾是中国的地区，与外国并列时应当写“国家和地区”。写成“等国家”是政治性差错。",
    basis=(
        "《中华人民共和国国家通用语言文字法》第五条：国家通用语言文字的使用应当有利于维护国家主权和民族尊严，有利于国家统一和民族团结",
        "新华社《新闻信息报道中的禁用词和慎用词》（2016年7月修订）：香港、澳门、台湾不得称为国家",
    ),
    examples=(
        "产品远销日本、韩国、台湾⟦等国家→等国家和地区⟧。",
        "来自美国、新加坡、香港⟦等12个国家→等12个国家和地区⟧的客商参会。",
        "来自韩国、日本、台湾⟦等十多个国家→等十多个国家和地区⟧的学者参会。",
        "产品远销日本、韩国、台湾等国家和地区。",
        "香港、澳门等地的同胞回乡祭祖。",
        "香港等国际金融中心经验值得借鉴。",
        "在香港、澳门举办的活动中，新加坡等国家派团参加。",
        "台湾等国内热门旅游目的地。",
    ),
)
NEEDS = ("等",)

_LIST = regex.compile(
    r"(?<=[、与和])(?:香港|澳门|台湾)(?:、[\u4e00-\u9fff]{2,8}){0,6}(?P<what>等(?:\d{1,3}个|[一二三四五六七八九十]{1,3}[多余]?个|多个|几个|数十个|近\d{1,3}个)?国家)(?![和或及、(]{1,2}地区|级|队|馆|公园|[和及与]国际组织|标准|重点|主席|总理|机关|图书)"
    r"|(?:香港|澳门|台湾)(?:、[\u4e00-\u9fff]{2,8}){1,6}(?P<what2>等(?:\d{1,3}个|[一二三四五六七八九十]{1,3}[多余]?个|多个|几个|数十个|近\d{1,3}个)?国家)(?![和或及、(]{1,2}地区|级|队|馆|公园|[和及与]国际组织|标准|重点|主席|总理|机关|图书)"
)


def find(text: Text) -> Iterator[Finding]:
    """Lists in which one of the three stands among countries."""
    if not ("香港" in text.plain or "台湾" in text.plain or "澳门" in text.plain):
        return
    for hit in _LIST.finditer(text.plain):
        what = "what" if hit["what"] else "what2"
        yield RULE.at(text, hit.start(what), hit.end(what), hit[what] + "和地区")
