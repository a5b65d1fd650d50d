"""Personal data: precision and recall on public sets, false alarms on clean official text, speed.

Recall is counted in exact ranges. Address rows are split by what they are, because half of that set are shops.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.clock import in_turn
from benchmarks.corpora import CLEAN, clean, rows
from detectors import Detectors, pii, rules
from detectors.known import NOTHING_KNOWN
from detectors.rule import Detector
from detectors.text import Text, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# As the shipped checklists ask: these stop a post, the rest of the family is for a person to look at.
STOP = re.compile(r"pii\.(?:.*-id|passport|bank-card|mobile-phone|home-address|table-column|weak-mask)")
_BUSINESS = re.compile(
    r"大厦|大楼|商务|商贸|商业|商城|市场|广场|中心|酒店|宾馆|园区|产业园|工业|科技园|创业|创意|厂|公司|集团|店|商铺|门市|局|政府|医院|学校|大学|学院|"
    r"中学|小学|银行|服装城|皮革城|箱包|珠宝城|物流|厅|校区|国贸|家具城|电器城|写字楼|办公|专卖|部|超市|仓|服饰|电商|城管|区政府|票|馆|摊|批发"
)


def family() -> Detectors:
    """The personal-data rules alone."""
    package = importlib.import_module("detectors.rules.pii")
    found = []
    for one in pkgutil.iter_modules(package.__path__, f"{rules.__name__}.pii."):
        if not one.name.rpartition(".")[2].startswith("_"):
            module = importlib.import_module(one.name)
            own = (module.RULE,)
            find = module.prepare(NOTHING_KNOWN) if hasattr(module, "prepare") else module.find
            found.append(Detector(own, find, tuple(getattr(module, "NEEDS", ())), looks_behind=True))
    return Detectors(tuple(found), (), "", {})


# --- precision and recall ---------------------------------------------------------------------


def _score(wanted: set[tuple[int, int, int]], found: set[tuple[int, int, int]]) -> dict[str, Any]:
    """Exact ranges over all rows: (row, start, end)."""
    hit = len(wanted & found)
    return {
        "wanted": len(wanted),
        "found": len(found),
        "recall": round(hit / len(wanted), 4) if wanted else None,
        "precision": round(hit / len(found), 4) if found else None,
    }


def _sent(number: str, label: str) -> str:
    """What kind of value a labelled number really is: with a right check digit or network, or not."""
    bare = pii.bare(fold(number))
    if label == "id_card":
        return (
            "resident id"
            if pii.is_resident_id(bare)
            else "resident id, wrong check digit"
            if pii.has_identity_form(bare)
            else "no id at all"
        )
    if label == "mobile":
        return "mobile" if pii.is_mobile(bare) else "no mobile at all"
    return {"email": "e-mail", "address": "address to the house number"}.get(label, label)


_RULES = {
    "pii.resident-id": "id",
    "pii.mobile-phone": "mobile",
    "pii.contact-mobile": "mobile",
    "pii.personal-email": "e-mail",
    "pii.home-address": "address to the house number",
}


def multipriv(detectors: Detectors) -> dict[str, Any]:
    """Synthetic descriptions of persons, label by label; identity numbers by whether their check digit holds."""
    wanted: dict[str, set[tuple[int, int, int]]] = {}
    found: dict[str, set[tuple[int, int, int]]] = {}
    for number, row in enumerate(rows("pii/multipriv_zh.jsonl")):
        for span in row["spans"]:
            kind = _sent(row["text"][span["start"] : span["end"]], span["label"])
            wanted.setdefault(kind, set()).add((number, span["start"], span["end"]))
        for finding in detectors.look(Text.of(row["text"])).findings:
            if (kind := _RULES.get(finding.rule.id, "")) == "id":
                kind = _sent(finding.quote, "id_card")
            if kind:
                found.setdefault(kind, set()).add((number, finding.span.start, finding.span.end))
    kinds = (
        "resident id",
        "resident id, wrong check digit",
        "mobile",
        "e-mail",
        "address to the house number",
    )
    return {
        kind: _score(wanted.get(kind, set()), found.get(kind, set())) for kind in kinds if wanted.get(kind)
    }


def bare_addresses() -> dict[str, Any]:
    """Recall on address strings with nothing around them: homes, shops and offices, streets.

    "business" is every row with a word for a shop or an office: those are public, and silence is right.
    """
    counts: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for row in rows("pii/address_parsing_dev.jsonl"):
        labels = {span["label"] for span in row["spans"]}
        kind = "room" if "roomno" in labels else "house" if "houseno" in labels else "no house number"
        kind += ", business" if _BUSINESS.search(row["text"]) else ", dwelling"
        found = any(True for _ in pii.DWELLING.find(fold(row["text"])))
        for group in (kind, *(["all with a room or house"] if labels & {"roomno", "houseno"} else [])):
            counts[group] += 1
            hits[group] += found
    return {
        kind: {"rows": counts[kind], "found": hits[kind], "share": round(hits[kind] / counts[kind], 4)}
        for kind in sorted(counts)
    }


def made_up(detectors: Detectors, count: int = 1000) -> dict[str, Any]:
    """Valid numbers in ten spellings inside sentences, beside numbers that look alike and are none."""
    dice = random.Random(20261123)
    result = {}
    for entity, make, rule in (
        ("resident id", _an_id, "pii.resident-id"),
        ("mobile", _a_mobile, "pii.mobile-phone"),
        ("bank card", _a_card, "pii.bank-card"),
        ("e-mail", _an_email, "pii.personal-email"),
    ):
        hit = found = 0
        for _ in range(count):
            letters, start, end = make(dice)
            spans = [
                (one.span.start, one.span.end)
                for one in detectors.look(Text.of(letters)).findings
                if one.rule.id == rule
            ]
            hit += (start, end) in spans
            found += len(spans)
        result[entity] = {
            "wanted": count,
            "found": found,
            "recall": round(hit / count, 4),
            "precision": round(hit / found, 4),
        }
    return result


def _check_digit(seventeen: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(a) * b for a, b in zip(seventeen, weights, strict=True)) % 11]


def _dress(dice: random.Random, number: str, groups: tuple[int, ...]) -> str:
    way = dice.randrange(5)
    if way == 0:
        return "".join(chr(ord(one) + 0xFEE0) for one in number)
    if way in {1, 2}:
        mark, out, at = " -"[way - 1], [], 0
        for size in groups:
            out.append(number[at : at + size])
            at += size
        return mark.join(out)
    if way == 3 and number.isdecimal():
        return number.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    return number


def _put(dice: random.Random, sentences: tuple[str, ...], value: str) -> tuple[str, int, int]:
    noise = f"项目编号：{dice.randrange(10**17, 10**18)}，合同号{dice.randrange(13 * 10**9, 14 * 10**9)}，咨询电话0990-{dice.randrange(2 * 10**6, 9 * 10**6)}。"
    before, after = dice.choice(sentences).split("{}")
    head = dice.choice(("", noise)) + before
    return head + value + after + dice.choice(("", noise)), len(head), len(head) + len(value)


def _an_id(dice: random.Random) -> tuple[str, int, int]:
    body = (
        dice.choice(("110105", "810000", "440524", "620102"))
        + f"{dice.randrange(1930, 2008)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}{dice.randrange(1000):03d}"
    )
    number = body + _check_digit(body)
    return _put(
        dice,
        ("申请人身份证号：{}，予以救助。", "周某（{}）已领取。", "名单：1.{}。", "公民身份号码{}"),
        _dress(dice, number, (6, 8, 4)),
    )


def _a_mobile(dice: random.Random) -> tuple[str, int, int]:
    number = dice.choice(("138", "139", "170", "192", "166", "198")) + f"{dice.randrange(10**8):08d}"
    return _put(
        dice,
        ("户主手机{}，家住城东。", "本人电话：{}。", "投诉人（{}）要求回电。", "家长{}"),
        _dress(dice, number, (3, 4, 4)),
    )


def _a_card(dice: random.Random) -> tuple[str, int, int]:
    body = "62" + "".join(str(dice.randrange(10)) for _ in range(16))
    number = next(body + str(last) for last in range(10) if pii.is_luhn(body + str(last)))
    return _put(
        dice,
        ("已打入户主卡号{}。", "银行卡：{}，请核对。", "领款人账号{}，金额500元。"),
        _dress(dice, number, (4, 4, 4, 4, 3)),
    )


def _an_email(dice: random.Random) -> tuple[str, int, int]:
    value = f"{dice.choice(('zhou', 'wu.', 'li_', 'a'))}{dice.randrange(10**6)}@{dice.choice(('163.com', 'qq.com', 'sina.com', '126.com', 'gmail.com'))}"
    return _put(dice, ("申请人邮箱：{}，手机备查。", "可通过{}与其联系。", "本人电子邮箱{}。"), value)


# --- false alarms -----------------------------------------------------------------------------


def false_alarms(detectors: Detectors) -> dict[str, Any]:
    """Findings on clean official text, per 10,000 characters, and what they are."""
    result = {}
    for name in (*CLEAN, "resumes"):
        size, stops = 0, 0
        seen: Counter[str] = Counter()
        for row in rows("pii/resume_dev.jsonl") if name == "resumes" else clean(name):
            text = Text.of(row["text"])
            size += len(text.plain)
            for finding in detectors.look(text).findings:
                seen[finding.rule.id] += 1
                stops += bool(STOP.fullmatch(finding.rule.id))
        per = round(stops / max(size, 1) * 10_000, 4)
        result[name] = {"characters": size, "stops": stops, "stops_per_10000": per, "findings": dict(seen)}
    assert result["hotline"]["stops"] == result["tables"]["stops"] == 0, (
        "an office line or an exam ticket stops a post"
    )
    return result


# --- others -----------------------------------------------------------------------------------


def others() -> dict[str, Any]:
    """presidio with the recognizers it ships, and phonenumbers' own matcher, on the same rows."""
    import phonenumbers
    import tldextract
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        PhoneRecognizer,
    )

    # Its e-mail check would fetch the public suffix list; the bundled one is as good.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # type: ignore[assignment]
    cards, mails, phones = (
        CreditCardRecognizer(),
        EmailRecognizer(),
        PhoneRecognizer(supported_regions=("CN",)),
    )
    ways: dict[str, Callable[[str], Iterable[tuple[int, int]]]] = {
        "presidio e-mail": lambda text: [
            (one.start, one.end) for one in mails.analyze(text, ["EMAIL_ADDRESS"]) or ()
        ],
        "presidio phone": lambda text: [
            (one.start, one.end) for one in phones.analyze(text, ["PHONE_NUMBER"]) or ()
        ],
        "phonenumbers": lambda text: [
            (one.start, one.end) for one in phonenumbers.PhoneNumberMatcher(text, "CN")
        ],
    }
    labels = {"presidio e-mail": "email", "presidio phone": "mobile", "phonenumbers": "mobile"}
    data = list(rows("pii/multipriv_zh.jsonl"))
    result: dict[str, Any] = {}
    for name, look in ways.items():
        wanted, found, start = set(), set(), time.perf_counter()
        for number, row in enumerate(data):
            found |= {(number, *span) for span in look(row["text"])}
            wanted |= {
                (number, span["start"], span["end"]) for span in row["spans"] if span["label"] == labels[name]
            }
        result[name] = {
            **_score(wanted, found),
            "ms_per_row": round((time.perf_counter() - start) / max(len(data), 1) * 1000, 3),
        }
    dice = random.Random(20261123)
    made = [_a_card(dice) for _ in range(200)]
    hit = sum(
        any((one.start, one.end) == (start, end) for one in cards.analyze(letters, ["CREDIT_CARD"]) or ())
        for letters, start, end in made
    )
    result["presidio bank card"] = {"wanted": len(made), "recall": round(hit / len(made), 4)}
    result["presidio identity number"] = {"recall": 0.0, "note": "no Chinese recognizer is shipped"}
    return result


# --- speed ------------------------------------------------------------------------------------

_PARAGRAPH = (
    "为深入贯彻落实上级部署，我县坚持以人民为中心的发展思想，统筹推进城乡居民基本医疗保险、社会救助和养老服务工作。"
    "各乡镇、各部门要压实责任，细化措施，确保各项政策落到实处，群众的获得感、幸福感、安全感不断提升。"
)
_TEN = (
    "申请人周小满，身份证号11010519491231002X，手机13800138000。户主吴谷雨卡号6222021234567890128，电话139-0000-1234。"
    "申请人邮箱：zhouxiaoman@163.com，现住云州区西坪镇阳光小区3号楼2单元501室。患者病历号ZY0012345，驾驶晋B12345小型轿车。"
    "持居住证（810000199001010019）办理，护照号E12345678。"
)


def speed(detectors: Detectors) -> dict[str, Any]:
    """A 2,000-character page with ten hits against ``jieba.lcut``; 100,000 digits against 10,000."""
    import jieba

    jieba.setLogLevel(60)
    page = (_PARAGRAPH * 20)[: 2000 - len(_TEN)] + _TEN
    found = {finding.quote for finding in detectors.look(Text.of(page)).findings}
    assert len(page) == 2000, len(page)
    assert len(found) >= 10, found

    # Folding is done once for all families: it is not counted. The jobs take turns, so that a neighbour slows both.
    jieba.lcut(page)
    seconds = in_turn(
        {
            "looked at": lambda: detectors.look(Text.of(page)),
            "folded": lambda: Text.of(page).plain,
            "jieba": lambda: jieba.lcut(page),
        }
    )
    mine, theirs = seconds["looked at"] - seconds["folded"], seconds["jieba"]
    hostile = {}
    for name, letters in {
        "digits": "1",
        "ones and spaces": "1 ",
        "mixed digits": "13812345678",
        "dashes": "1-",
        "stars": "1*",
        "tabs": "1\t",
    }.items():
        small, large = (_look_at(detectors, (letters * size)[:size]) for size in (10_000, 100_000))
        hostile[name] = {"ms_100000": round(large * 1000, 1), "times_10000": round(large / small, 1)}
    return {
        "page_us": round(mine * 1e6, 1),
        "jieba_us": round(theirs * 1e6, 1),
        "ratio_to_jieba": round(mine / theirs, 3),
        "hostile": hostile,
    }


def _look_at(detectors: Detectors, letters: str) -> float:
    """Seconds for one text, the best of three."""
    spent = []
    for _ in range(3):
        text = Text.of(letters)
        start = time.perf_counter()
        detectors.look(text)
        spent.append(time.perf_counter() - start)
    return min(spent)


def run() -> dict[str, Any]:
    """All of it.

    Raises:
        Absent: the public sets are not there.
    """
    detectors = family()
    return {
        "made_up": made_up(detectors),
        "multipriv": multipriv(detectors),
        "addresses": bare_addresses(),
        "false_alarms": false_alarms(detectors),
        "others": others(),
        "speed": speed(detectors),
    }


def show(figures: dict[str, Any]) -> None:
    """The same as tables."""
    for part, values in figures.items():
        print(f"\n{part}")
        for name, value in values.items():
            cells = (
                "  ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else value
            )
            print(f"  {name:34}{cells}")


if __name__ == "__main__":
    show(run())
