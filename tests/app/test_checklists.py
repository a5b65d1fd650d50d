"""The six regulations as data: their shape, their words, and who must act.

The words are compared with the pages they were taken from when those lie beside the repository.
"""

import re
import tomllib
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path

import opencc
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "app" / "checklists"
SEEDS = ROOT.parent / "shared" / "seeds"

CHECKLISTS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
IDS = (
    "fuzhou-2018",
    "luan-statistics-2022",
    "xiangxi-2018",
    "yijun-management-2022",
    "yijun-release-2022",
    "yunzhou-2023",
)

# The schema: key → type; the keys of REQUIRED must be there.
TOP: dict[str, type] = {
    "title": str, "status": str, "issuer": str, "form": str, "notes": list,
    "item": list, "route": list, "open": list, "deadline": list, "separation": dict, "steps": list,
}  # fmt: skip
TABLES: dict[str, dict[str, type]] = {
    "item": {
        "id": str, "number": str, "asks": str, "bad": str, "person": bool,
        "hint": str, "stop": list, "review": list, "scope": str, "raises": str,
    },
    "route": {
        "id": str, "when": dict, "review": list, "secrecy": list, "sign": list,
        "approve": list, "optional": list, "form": bool, "basis": str, "why": str,
    },
    "open": {"id": str, "asks": str, "basis": str},
    "deadline": {"category": list, "days": int, "unit": str, "at_most": int, "basis": str, "asks": str},
    "separation": {"editor_reviewer": bool, "reviewer_publisher": bool, "basis": str},
}  # fmt: skip
REQUIRED = {
    "item": {"id", "number", "asks", "bad"},
    "route": {"id", "when", "basis", "why"},
    "open": {"id", "asks", "basis"},
    "deadline": {"category", "days", "unit", "basis", "asks"},
    "separation": {"editor_reviewer", "reviewer_publisher", "basis"},
}
ACTS = ("review", "secrecy", "sign", "approve", "optional")
WHEN: dict[str, set[str] | None] = {
    "kind": {"government", "department", "township", "internal-section"},
    "category": None,
    "repost": None,
    "found": None,
    "channel": {"website", "weibo", "wechat", "douyin", "toutiao", "app", "other"},
}
FAMILIES = {
    "secrecy", "disclosure", "sensitive", "expression", "advertising", "source",
    "number", "document", "damage", "pii", "link", "spelling",
}  # fmt: skip


def tables(checklist, name):
    """All tables of one name; [separation] is one table, the others are lists."""
    found = checklist.get(name, [])
    return [found] if isinstance(found, dict) else found


def roles(route):
    """Who acts on a route: act → roles, acts without anybody left out."""
    return {act: route[act] for act in ACTS if route.get(act)}


def printed(checklist, article):
    """(number, asks, bad) of the items taken from one article, in the order of the file."""
    return [
        (item["number"], item["asks"], item["bad"])
        for item in CHECKLISTS[checklist]["item"]
        if item["number"].partition("(")[0] == article
    ]


# -- shape -------------------------------------------------------------------------------------------------


def test_files():
    """There is one file for each of the six regulations and none besides."""
    assert IDS == tuple(CHECKLISTS)


@pytest.mark.parametrize("checklist", IDS)
def test_only_keys_of_the_schema(checklist):
    """A file uses only keys of the schema, each with its type, and leaves out none that is required."""
    data = CHECKLISTS[checklist]
    assert set() == {"title", "status", "issuer", "item", "route"} - set(data)
    assert {} == {key: value for key, value in data.items() if type(value) is not TOP.get(key)}
    for name, keys in TABLES.items():
        for table in tables(data, name):
            assert {} == {key: value for key, value in table.items() if type(value) is not keys.get(key)}
            assert set() == REQUIRED[name] - set(table)
            lists = [value for value in table.values() if isinstance(value, list)]
            assert all(isinstance(text, str) and text for value in lists for text in value)


@pytest.mark.parametrize("checklist", IDS)
def test_ids_are_unique_slugs(checklist):
    """Ids are lower-case slugs, and no two tables of a kind in one file share one."""
    for name in ("item", "route", "open"):
        ids = [table["id"] for table in tables(CHECKLISTS[checklist], name)]
        assert sorted(set(ids)) == sorted(ids)
        assert [] == [slug for slug in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)]


@pytest.mark.parametrize("checklist", IDS)
def test_values_of_items(checklist):
    """The bad answer is 是, 否 or neither; the scope is a post or the site; patterns name known families."""
    for item in CHECKLISTS[checklist]["item"]:
        assert item["bad"] in {"是", "否", ""}
        assert item.get("scope", "post") in {"post", "site"}
        for pattern in item.get("stop", []) + item.get("review", []):
            assert pattern.removeprefix("!").partition(".")[0] in FAMILIES


@pytest.mark.parametrize("checklist", IDS)
def test_somebody_or_something_answers(checklist):
    """An item asked of a post is answered by rules, by a person or by both; an item of the site by neither."""
    for item in CHECKLISTS[checklist]["item"]:
        answered = bool(item.get("person") or item.get("stop") or item.get("review"))
        assert (item.get("scope", "post") == "post") == answered, item["id"]


@pytest.mark.parametrize("checklist", IDS)
def test_values_of_routes(checklist):
    """A route asks for known things, names at least one who acts, and names nobody twice for one act."""
    for route in CHECKLISTS[checklist]["route"]:
        assert set() == set(route["when"]) - set(WHEN)
        for key, allowed in WHEN.items():
            if allowed is not None:
                assert set() == set(route["when"].get(key, [])) - allowed
        assert roles(route)
        for names in roles(route).values():
            assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("checklist", IDS)
def test_roles_in_braces_are_declared(checklist):
    """What the regulation leaves open is declared once and needed by a route; nothing else stands in braces."""
    data = CHECKLISTS[checklist]
    names = [name for route in data["route"] for people in roles(route).values() for name in people]
    braced = {name[1:-1] for name in names if re.fullmatch(r"\{.+\}", name)}
    assert {table["id"] for table in tables(data, "open")} == braced
    assert [] == [name for name in names if name[1:-1] not in braced and set(name) & set("{}")]


@pytest.mark.parametrize("checklist", IDS)
def test_deadlines(checklist):
    """A deadline counts working or calendar days, and a last day is later than the day itself."""
    for deadline in tables(CHECKLISTS[checklist], "deadline"):
        assert deadline["unit"] in {"working", "calendar"}
        assert deadline["category"]
        assert 0 < deadline["days"] < deadline.get("at_most", deadline["days"] + 1)


# -- the regulations' own checklists -----------------------------------------------------------------------


def test_yijun_release_article_13():
    """宜君规定 第十三条 asks ten questions, and they come first."""
    expected = [
        ("第十三条(一)", "是否涉及秘密", "是"),
        ("第十三条(二)", "是否符合国家大政方针和法律法规的相关规定", "否"),
        ("第十三条(三)", "是否符合保护知识产权的有关规定", "否"),
        ("第十三条(四)", "是否会给其他单位、个人造成危害", "是"),
        ("第十三条(五)", "是否符合我县的宣传和发展情况", "否"),
        ("第十三条(六)", "对外公开发布是否适宜", "否"),
        ("第十三条(七)", "是否属敏感性问题", "是"),
        ("第十三条(八)", "是否包含公民身份证、详细居住地址、联系方式等个人隐私信息", "是"),
        ("第十三条(九)", "信息中的统计数据是否准确", "否"),
        ("第十三条(十)", "其他一些需要根据情况把握的信息", ""),
    ]
    assert expected == printed("yijun-release-2022", "第十三条")
    assert [number for number, _, _ in expected] == [
        item["number"] for item in CHECKLISTS["yijun-release-2022"]["item"][: len(expected)]
    ]


def test_yijun_release_article_9():
    """宜君规定 第九条 adds the prohibitions of commercial links and advertising."""
    expected = [
        ("第九条", "政府网站不得链接商业网站", "否"),
        ("第九条", "不得刊登商业广告或链接商业广告页面", "否"),
    ]
    assert expected == printed("yijun-release-2022", "第九条")


def test_yunzhou_article_10():
    """云州 第十条 asks nine questions and the file asks nothing else."""
    expected = [
        ("第十条(一)", "是否涉及秘密", "是"),
        ("第十条(二)", "是否符合国家大政方针和法律法规的相关规定", "否"),
        ("第十条(三)", "是否符合保护知识产权的有关规定", "否"),
        ("第十条(四)", "是否会给其他单位、个人造成危害", "是"),
        ("第十条(五)", "是否有利于我区的宣传和发展", "否"),
        ("第十条(六)", "当前对外发布是否适宜", "否"),
        ("第十条(七)", "是否属敏感性问题", "是"),
        ("第十条(八)", "信息中的统计数据是否准确", "否"),
        ("第十条(九)", "其他一些需要根据情况把握的信息", ""),
    ]
    assert expected == printed("yunzhou-2023", "第十条")
    assert len(expected) == len(CHECKLISTS["yunzhou-2023"]["item"])


def test_fuzhou_article_36():
    """福州 第三十六条 lists six points, which come first; (一), (三) and (五) are about the whole site."""
    expected = [
        ("第三十六条(一)", "网站页面能否正常访问，各栏目及其子栏目内容是否及时更新", "否"),
        (
            "第三十六条(二)",
            "信息发布审核和保密审查机制是否健全，是否建立重要稿件和重要信息审核发布机制",
            "否",
        ),
        ("第三十六条(三)", "网站提供的各项服务和互动功能是否正常", "否"),
        ("第三十六条(四)", "网站链接是否经过管理部门审核，是否存在错链和死链", ""),
        ("第三十六条(五)", "网站管理和运行维护部门是否建立值班制度，是否安排值班人员每日登录网站查阅", "否"),
        ("第三十六条(六)", "网站是否存在错别字", "是"),
    ]
    assert expected == printed("fuzhou-2018", "第三十六条")
    first = CHECKLISTS["fuzhou-2018"]["item"][: len(expected)]
    assert [number for number, _, _ in expected] == [item["number"] for item in first]
    assert ["site", "post", "site", "post", "site", "post"] == [item.get("scope", "post") for item in first]


def test_luan_article_18():
    """六安 第十八条 names five categories of the regular self-check, and they come first."""
    expected = [
        ("第十八条", "(严重)表述错误", "是"),
        ("第十八条", "泄露(违法收集)个人隐私", "是"),
        ("第十八条", "问题地图", "是"),
        ("第十八条", "商业广告(软文)", "是"),
        ("第十八条", "违法涉密敏感等信息内容", "是"),
    ]
    assert expected == printed("luan-statistics-2022", "第十八条")
    assert expected == [
        (item["number"], item["asks"], item["bad"])
        for item in CHECKLISTS["luan-statistics-2022"]["item"][: len(expected)]
    ]


@pytest.mark.parametrize("checklist", IDS)
def test_questions_are_few_enough_for_an_editor(checklist):
    """Between six and fourteen questions are asked of one post."""
    asked = [item for item in CHECKLISTS[checklist]["item"] if item.get("scope", "post") == "post"]
    assert 6 <= len(asked) <= 14


# -- which findings bear on which regulation ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("checklist", "silent"),
    [
        ("fuzhou-2018", set()),
        ("luan-statistics-2022", set()),
        ("xiangxi-2018", {"advertising", "link"}),
        ("yijun-management-2022", set()),
        ("yijun-release-2022", set()),
        ("yunzhou-2023", set()),
    ],
)
def test_families_nobody_asks_about(checklist, silent):
    """Every family of rules is taken whole by some question, save those the regulation says nothing about."""
    patterns = {
        pattern
        for item in CHECKLISTS[checklist]["item"]
        for pattern in item.get("stop", []) + item.get("review", [])
    }
    assert silent == {family for family in FAMILIES if f"{family}.*" not in patterns}


@pytest.mark.parametrize("checklist", IDS)
def test_only_certain_findings_stop(checklist):
    """Only secrets, non-public documents, strong personal identifiers, planted content and forged links stop."""
    certain = {
        "secrecy.*", "secrecy.business-secret-mark", "disclosure.non-public-class", "sensitive.hijacked-content",
        "link.look-alike*", "link.dangerous*", "pii.*-id", "pii.passport", "pii.bank-card", "pii.mobile-phone",
        "pii.home-address", "pii.table-column", "pii.weak-mask",
    }  # fmt: skip
    stops = {pattern for item in CHECKLISTS[checklist]["item"] for pattern in item.get("stop", [])}
    assert set() == stops - certain


@pytest.mark.parametrize("rule", ["secrecy.classification-mark", "disclosure.non-public-class"])
@pytest.mark.parametrize("checklist", IDS)
def test_secrets_stop_everywhere(checklist, rule):
    """No regulation lets a secrecy mark or a document of a non-public class pass."""
    stops = {pattern for item in CHECKLISTS[checklist]["item"] for pattern in item.get("stop", [])}
    assert any(fnmatchcase(rule, pattern) for pattern in stops)


# -- routes ------------------------------------------------------------------------------------------------

# 突发事件 only: 云州 and 宜君规定 name 敏感信息 beside it, 福州 and 宜君细则 do not.
EMERGENCIES = [
    "sensitive.casualty-figure", "sensitive.group-incident", "sensitive.major-accident",
    "sensitive.natural-disaster", "sensitive.public-*",
]  # fmt: skip
# Every route for posts which the six regulations print: (row of the obligations, file, basis, when, who acts, form).
SENSITIVE = {"found": ["sensitive.*"]}
ROUTES = [
    ("YJ2-11, 11.1", "yijun-release-2022", "第十一条(一)", {}, {"approve": ["分管领导"]}, False),
    (
        "YJ2-11.2, 14", "yijun-release-2022", "第十一条(二)、第十四条", SENSITIVE,
        {"approve": ["主要领导"], "optional": ["县政府分管领导"]}, False,
    ),
    ("YJ1-14.4", "yijun-management-2022", "第十四条(四)", {"found": EMERGENCIES}, {"review": ["宣传部门"]}, False),
    (
        "YJ1-16a, 17.3", "yijun-management-2022", "第十六条、第十七条(三)", {},
        {"review": ["审核人员"], "approve": ["{approver}"]}, False,
    ),
    ("YZ-8a", "yunzhou-2023", "第八条", {"kind": ["department", "township"]}, {"sign": ["分管领导"]}, True),
    ("YZ-8b", "yunzhou-2023", "第八条", {"kind": ["internal-section"]}, {"sign": ["主管部门主要领导"]}, False),
    ("YZ-9.1", "yunzhou-2023", "第九条(一)", {"kind": ["government"]}, {"review": ["区政府办公室"]}, False),
    (
        "YZ-9.2", "yunzhou-2023", "第九条(二)", {"kind": ["department"]},
        {"review": ["本部门办公室或相关科室"], "approve": ["部门主要领导"]}, True,
    ),
    (
        "YZ-9.3", "yunzhou-2023", "第九条(三)", {"kind": ["township"]},
        {"review": ["乡(镇)党政办"], "approve": ["分管领导"]}, True,
    ),
    (
        "YZ-9.4", "yunzhou-2023", "第九条(四)", {"repost": True},
        {"review": ["网站管理人员"], "approve": ["区政府网站分管领导"]}, False,
    ),
    ("YZ-9.5", "yunzhou-2023", "第九条(五)", SENSITIVE, {"approve": ["区政府分管领导", "主要领导"]}, False),
    ("LA-3a", "luan-statistics-2022", "第三条", {}, {"secrecy": ["{secrecy-reviewer}"]}, False),
    ("LA-14a", "luan-statistics-2022", "第十四条", {"category": ["回复"]}, {"review": ["单位负责同志"]}, False),
    ("LA-16", "luan-statistics-2022", "第十六条", {}, {"review": ["局办公室"], "approve": ["{approver}"]}, False),
    (
        "XX-12", "xiangxi-2018", "第十二条", {},
        {
            "review": ["政府网站承办单位", "栏目责任单位"],
            "secrecy": ["{secrecy-reviewer}"],
            "approve": ["{approver}"],
        },
        False,
    ),
    (
        "FZ-33", "fuzhou-2018", "第三十三条", {},
        {"review": ["{reviewer}"], "secrecy": ["{secrecy-reviewer}"], "approve": ["{approver}"]}, False,
    ),
    ("FZ-18", "fuzhou-2018", "第十八条", {"found": EMERGENCIES}, {"review": ["宣传部门"]}, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "checklist", "basis", "when", "acts", "form"), ROUTES, ids=[row[0] for row in ROUTES]
)
def test_route(row, checklist, basis, when, acts, form):
    """Each route the regulations print is in the file of its regulation, with the same people."""
    found = [
        (roles(route), route.get("form", False))
        for route in CHECKLISTS[checklist]["route"]
        if basis == route["basis"] and when == route["when"]
    ]
    assert [(acts, form)] == found, row


def test_no_route_is_made_up():
    """The files hold no route but those of the table."""
    assert len(ROUTES) == sum(len(data["route"]) for data in CHECKLISTS.values())


def test_yunzhou_department_needs_both_articles():
    """A post of a 云州 department is signed under 第八条 and then reviewed and approved under 第九条(二)."""
    expected = [("第八条", {"sign": ["分管领导"]})]
    expected += [("第九条(二)", {"review": ["本部门办公室或相关科室"], "approve": ["部门主要领导"]})]
    assert expected == [
        (route["basis"], roles(route))
        for route in CHECKLISTS["yunzhou-2023"]["route"]
        if "department" in route["when"].get("kind", [])
    ]


def test_yunzhou_documents_are_due_in_three_days():
    """云州 第九条(一) wants public documents online within three days of their issue (YZ-9.1b)."""
    assert [(3, "calendar", "第九条(一)")] == [
        (deadline["days"], deadline["unit"], deadline["basis"])
        for deadline in CHECKLISTS["yunzhou-2023"]["deadline"]
    ]


def test_xiangxi_deadlines():
    """湘西 counts working days: 5, 3, 5 to 10 (第七条), 7 to 15 (第十七条) and 15 (第十八条)."""
    expected = [
        (5, None, "第七条"),
        (3, None, "第七条"),
        (5, 10, "第七条"),
        (7, 15, "第十七条"),
        (15, None, "第十八条"),
    ]
    deadlines = CHECKLISTS["xiangxi-2018"]["deadline"]
    assert expected == [
        (deadline["days"], deadline.get("at_most"), deadline["basis"]) for deadline in deadlines
    ]
    assert {"working"} == {deadline["unit"] for deadline in deadlines}


def test_one_category_has_one_deadline():
    """No category of a regulation is due on two different days."""
    for data in CHECKLISTS.values():
        categories = [category for deadline in tables(data, "deadline") for category in deadline["category"]]
        assert sorted(set(categories)) == sorted(categories)


@pytest.mark.parametrize(
    ("checklist", "expected"),
    [
        ("luan-statistics-2022", {"editor_reviewer": True, "reviewer_publisher": True, "basis": "第十六条"}),
        (
            "yijun-management-2022",
            {"editor_reviewer": True, "reviewer_publisher": False, "basis": "第十六条"},
        ),
    ],
)
def test_separation(checklist, expected):
    """六安 forbids one person to edit, review and publish; 宜君细则 wants an editor and a reviewer."""
    assert expected == CHECKLISTS[checklist]["separation"]


def test_drafts_say_so():
    """Both regulations of 宜君 are drafts, and their status says it."""
    assert ["yijun-management-2022", "yijun-release-2022"] == [
        name for name, data in CHECKLISTS.items() if data["status"] == "征求意见稿"
    ]


# -- the words against the pages they were taken from ------------------------------------------------------

SOURCES = {
    "fuzhou-2018": "001_5bad893da66a76be.txt",
    "luan-statistics-2022": "002_5b354b4ca173ca7e.txt",
    "xiangxi-2018": "003_069c53732334af33.txt",
    "yijun-management-2022": "000_0cc7dfb04aad8a2f.txt",
    "yijun-release-2022": "000_0cc7dfb04aad8a2f.txt",
    "yunzhou-2023": "004_4c2b35ea3a268b6f.txt",
}
# Damage and misprints in the pages, and what the checklists say instead.
REPAIRS = {
    "luan-statistics-2022": [
        ("而蹭流量”", "而“蹭流量”"),
        ("“抖机灵等", "“抖机灵”等"),
        ("政治观、法律观", "政治关、法律关"),
    ],
    "yunzhou-2023": [("?dāng)M公开", "拟公开")],
}
ARTICLE = re.compile(r"^第[一二三四五六七八九十]+条", re.MULTILINE)
SECOND_OF_YIJUN = "\n宜君县政府网站政府信息发布规定\n"
HALF_WIDTH = str.maketrans("，：；（）", ",:;()")
TO_SIMPLIFIED = opencc.OpenCC("t2s")


def fold(text):
    """Simplified, half-width , : ; ( ), no pinyin notes such as 區(qū), no spaces at all but line ends."""
    text = TO_SIMPLIFIED.convert(text.translate(HALF_WIDTH))
    text = re.sub(r"(?<=[\u4e00-\u9fff])\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+\)", "", text)
    return re.sub(r"[^\S\n]+", "", text)


def articles(checklist):
    """The regulation as its page prints it, folded and mended: 第十条 → text without white space."""
    if not SEEDS.is_dir():
        pytest.skip(
            f"no shared/seeds beside the repository: words of {checklist} not compared with their source"
        )
    text = fold((SEEDS / SOURCES[checklist]).read_text("utf-8"))
    for damaged, mended in REPAIRS.get(checklist, []):
        assert 1 == text.count(damaged)
        text = text.replace(damaged, mended)
    if checklist.startswith("yijun"):
        first, _, second = text.partition(SECOND_OF_YIJUN)
        text = second if checklist == "yijun-release-2022" else first
    starts = [match.start() for match in ARTICLE.finditer(text)] + [len(text)]
    parts = ["".join(text[start:end].split()) for start, end in pairwise(starts)]
    return {part[: part.index("条") + 1]: part for part in parts}


def clause(regulation, number):
    """The text of 第十条(三): from (三) to (四), or the whole article where no paragraph is named."""
    article, _, paragraph = number.partition("(")
    text = regulation[article]
    if not paragraph:
        return text
    after = text[text.index(f"({paragraph}") :]
    return re.split(r"(?<=[;。:])\([一二三四五六七八九十]\)", after)[0]


@pytest.mark.parametrize("checklist", IDS)
def test_questions_are_the_words_of_the_regulation(checklist):
    """Every question stands in the very article it is numbered by."""
    regulation = articles(checklist)
    for item in CHECKLISTS[checklist]["item"]:
        assert fold(item["asks"]) in clause(regulation, item["number"]), item["id"]


@pytest.mark.parametrize("checklist", IDS)
def test_deadlines_are_the_words_of_the_regulation(checklist):
    """Every deadline stands in the article it is based on."""
    regulation = articles(checklist)
    for deadline in tables(CHECKLISTS[checklist], "deadline"):
        assert fold(deadline["asks"]) in clause(regulation, deadline["basis"])


@pytest.mark.parametrize("checklist", IDS)
def test_roles_are_named_by_their_articles(checklist):
    """Whoever acts on a route is named by one of the articles it is based on."""
    regulation = articles(checklist)
    for route in CHECKLISTS[checklist]["route"]:
        bases = "".join(clause(regulation, basis) for basis in route["basis"].split("、"))
        named = [name for names in roles(route).values() for name in names if not name.startswith("{")]
        assert [] == [name for name in named if fold(name) not in bases], route["id"]


@pytest.mark.parametrize("checklist", IDS)
def test_routes_stand_in_their_articles(checklist):
    """Why a route applies is said by one of the articles it is based on."""
    regulation = articles(checklist)
    for route in CHECKLISTS[checklist]["route"]:
        bases = "".join(clause(regulation, basis) for basis in route["basis"].split("、"))
        assert fold(route["why"]) in bases, route["id"]


@pytest.mark.parametrize("checklist", IDS)
def test_title_and_form_are_printed(checklist):
    """The title of the regulation, and of the form it demands, are those of its page."""
    articles(checklist)  # skips where the pages are not at hand
    page = "".join(fold((SEEDS / SOURCES[checklist]).read_text("utf-8")).split())
    assert CHECKLISTS[checklist]["title"] in page
    assert CHECKLISTS[checklist].get("form", "") in page
