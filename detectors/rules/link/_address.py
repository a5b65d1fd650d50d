"""An address taken apart once: what kind it is, whose host it names, what is wrong with its letters."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import idna
import tldextract

# The list that comes with the package: without these two arguments it would ask the network.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _ascii(suffix: str) -> str:
    """A public suffix as host names have it: labels of other scripts as xn--…"""
    return suffix if suffix.isascii() else ".".join(idna.encode(one).decode() for one in suffix.split("."))


# tldextract takes addresses apart at 2 to 4 µs each; for names already cut out its list alone does in a tenth.
_PUBLIC = frozenset(_ascii(one) for one in _SUFFIXES.tlds if one[0] not in "*!")
_BELOW = frozenset(
    _ascii(one[2:]) for one in _SUFFIXES.tlds if one[0] == "*"
)  # whatever stands before is part of it
_BUT = frozenset(_ascii(one[1:]) for one in _SUFFIXES.tlds if one[0] == "!")

_MOST = 2_048  # an address longer than this (data: …) is judged by its head
_GOVERNMENT = (".gov.cn", ".xn--zfr164b", ".xn--zfr164b.cn", ".xn--55qw42g", ".xn--55qw42g.cn")  # 政务, 公益
_INSIDE = frozenset({
    "local", "localhost", "localdomain", "lan", "intranet", "internal", "corp", "home", "intra", "neiwang",
})  # fmt: skip
_APPS = frozenset({
    "weixin", "wxp", "mp", "wxwork", "wxlocalresource", "alipay", "alipays", "alipayqr", "taobao", "tbopen", "tmall",
    "openapp.jdmobile", "pinduoduo", "snssdk1128", "snssdk1112", "snssdk143", "kwai", "xhsdiscover", "bilibili",
    "mqq", "mqqapi", "mqqwpa", "tencent", "tim", "dingtalk", "feishu", "lark", "sinaweibo", "baiduboxapp",
    "baidumap", "iosamap", "androidamap", "intent", "market", "itms-apps", "itms-services",
})  # fmt: skip
_CONTACTS = frozenset({"mailto", "tel", "sms", "fax", "callto", "geo"})
_KINDS = {
    **dict.fromkeys(("javascript", "vbscript", "livescript"), "script"),
    **dict.fromkeys(_CONTACTS, "contact"),
    **dict.fromkeys(_APPS, "app"),
    "data": "data",
    "file": "file",
}
_SOUND = re.compile(r"https?://([a-z0-9.-]+)(?::([0-9]{1,5}))?(?=[/?#]|\Z)")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,39}):")
_TYPO = re.compile(r"h{0,3}t{1,4}p{1,3}s{0,3}", re.IGNORECASE)
_NO_COLON = re.compile(
    r"(h{1,3}t{1,4}p{1,3}s{0,3})[ \u3000]{0,3}[：:;；.。,，]?[ \u3000]{0,3}[/\\／＼]{1,4}", re.IGNORECASE
)
_BARE = re.compile(
    r"(?:www\.[a-z0-9-]{1,63}\.|(?:[a-z0-9-]{1,63}\.){0,4}[a-z0-9-]{1,63}\.(?=gov\.cn|com\.cn|(?:com|cn|net|org)(?:/|\Z)))"
    r"[a-z0-9./:-]",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"\A(?:h?ttps?[：:]?[/\\／]{1,9})+", re.IGNORECASE)
_DRIVE = re.compile(r"[a-zA-Z]:[\\/]|\\\\[^\\]|[a-zA-Z]\|[\\/]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")
_ORDINARY = re.compile(r"(?:[a-z0-9]++(?:-[a-z0-9]+)*+\.){1,6}gov\.cn")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_TAIL = "。，；：！？、）】》”’…"
_DOTS = {ord("，"): ".", ord(","): ".", ord("。"): "."}
_CONTROLS = dict.fromkeys((9, 10, 13))
_SCRIPT_ONLY = re.compile(
    r"(?:void\s*\(?\s*(?:0|null|'')?\s*\)?|return\s+false|false|undefined|null|0|;|\s|/{2,})*", re.IGNORECASE
)


class Host(NamedTuple):
    """Whose machine an address names.

    ``name`` is ASCII lower case (xn--…), ``shown`` the same in Unicode; ``domain`` the registrable
    domain, ``label`` its own part and ``suffix`` its public part, all ASCII and "" for numbers.
    ``place``: "government", "intranet", "number" or "public".
    """

    name: str
    shown: str
    domain: str
    label: str
    suffix: str
    place: str


class Address(NamedTuple):
    """One address.

    ``kind``: "web" (has a host), "relative", "fragment", "contact", "empty", "script", "data", "file",
    "app", "broken", "other". ``fault`` says in Chinese what is broken, ``mended`` is the working form
    where only one is likely.
    """

    written: str
    kind: str
    scheme: str = ""
    user: str = ""
    host: Host | None = None
    port: int = 0
    rest: str = ""  # path, query and fragment
    fault: str = ""
    mended: str = ""

    @property
    def path(self) -> str:
        rest = self.rest
        return rest.partition("#")[0].partition("?")[0] if "#" in rest or "?" in rest else rest

    @property
    def query(self) -> str:
        return self.rest.partition("#")[0].partition("?")[2]


def address(target: str) -> Address:
    """The parts of what stands in an attribute or in the text."""
    return _address(target) if len(target) <= _MOST else _parse(target[:_MOST])


def _parse(target: str) -> Address:
    sound = _SOUND.match(target)
    if sound and sound[1] not in {
        "http",
        "https",
    }:  # almost every one: ordinary letters, no user, a usual port
        host = named(sound[1])
        last = target[-1]
        if host is not None and last not in _TAIL and "\n" not in target:
            port = int(sound[2]) if sound[2] else 0
            if port < 65536 and (port or not sound[2]):
                rest = target[sound.end() :]
                return Address(target, "web", "https" if target[4] == "s" else "http", "", host, port, rest)
    return _odd(target)


def _odd(target: str) -> Address:  # noqa: PLR0911 one return for each kind
    # Browsers drop tabs and line ends anywhere, controls and spaces at both ends.
    letters = target.translate(_CONTROLS).strip("".join(map(chr, range(0x21))) + "\u3000\u00a0\ufeff\u200b")
    if not letters or letters in {"#", "#!", "##", "about:blank", "?"}:
        return Address(target, "empty")
    if letters[0] == "#":
        return Address(target, "app" if letters.startswith("#小程序") else "fragment", rest=letters)
    if _DRIVE.match(letters):
        return Address(target, "file", rest=letters)
    scheme = _SCHEME.match(letters)
    if scheme:
        return _with_scheme(target, letters, scheme[1].lower(), letters[scheme.end() :])
    if letters.startswith(("//", "\\\\")):
        return _web(target, "", letters[2:])
    typo = _NO_COLON.match(letters)
    if typo:
        return _broken(target, "协议写错，应为“http://”或“https://”", letters[typo.end() :], typo[1])
    if _BARE.match(letters):
        return _broken(target, "缺少“http://”或“https://”，浏览器会当作本站的一个目录", letters, "http")
    return Address(target, "relative", rest=letters)


def _with_scheme(  # noqa: PLR0911 one return for each kind
    target: str, letters: str, scheme: str, rest: str
) -> Address:
    if scheme in {"http", "https"} or (scheme == "ftp" and rest.startswith("//")):
        if rest.startswith("//") and not rest.startswith("///"):
            return _web(target, scheme, rest[2:])
        if not rest.strip("/\\"):
            return Address(target, "broken", fault="只有协议，没有网址")
        return _broken(target, "协议后应为两个斜杠“//”", rest.lstrip("/\\"), scheme)
    if scheme not in _KINDS and _TYPO.fullmatch(scheme):
        return _broken(target, f"协议“{scheme}”写错", rest.lstrip("/\\"), scheme)
    if scheme not in _KINDS and "." in scheme:  # www.example.gov.cn:8080/
        if _BARE.match(letters):
            return _broken(target, "缺少“http://”或“https://”，浏览器打不开", letters, "http")
        return Address(target, "relative", rest=letters)
    kind = _KINDS.get(scheme, "other")
    if scheme == "javascript" and _SCRIPT_ONLY.fullmatch(rest):
        kind = "empty"
    return Address(target, kind, scheme, rest=rest)


def _broken(target: str, fault: str, rest: str, scheme: str) -> Address:
    # All protocols at once: one after the other would go as deep as somebody cares to repeat them.
    whole = ("https" if scheme.lower().endswith("s") else "http") + "://" + _REPEATED.sub("", rest)
    inner = _parse(whole)
    if inner.kind == "web" and inner.host is not None and "." in inner.host.name:
        return inner._replace(written=target, kind="broken", fault=fault, mended=whole)
    mended = inner.mended if inner.kind == "broken" else ""
    return Address(target, "broken", fault=fault, mended=mended, host=inner.host)


def _web(target: str, scheme: str, rest: str) -> Address:  # noqa: PLR0911 one return for each fault
    cut = next((at for at, letter in enumerate(rest) if letter in "/?#\\"), len(rest))
    authority, rest = rest[:cut], rest[cut:]
    start = f"{scheme}://" if scheme else "//"
    user, at, place = authority.rpartition("@")
    port_at = place.rfind(":", place.rfind("]") + 1)
    name, port = (place[:port_at], place[port_at + 1 :]) if port_at >= 0 else (place, "")
    if name.lower() in {"http", "https"}:
        return _broken(target, "协议写了两遍", rest.lstrip("/\\"), name)
    if not name:
        return Address(target, "broken", scheme, fault="没有域名")
    if port and not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        return Address(target, "broken", scheme, fault=f"端口“{port[:20]}”写错")
    host = named(name.lower()) if name.isascii() and "%" not in name else named(_plain(name))
    if host is None:
        return _bad_host(target, start, user + at, name, rest)
    whole = f"{start}{user}{at}{place}{rest}"
    if rest.startswith("\\"):
        return Address(
            target,
            "broken",
            scheme,
            user,
            host,
            int(port or 0),
            rest,
            "斜杠写成了反斜杠",
            whole.replace("\\", "/"),
        )
    if rest and rest[-1] in _TAIL:
        cut_off = whole.rstrip(_TAIL)
        if not (rest[-1] == "）" and "（" in rest):
            return Address(
                target, "broken", scheme, user, host, int(port or 0), rest, "末尾带有中文标点", cut_off
            )
    if not name.isascii() and _plain(name).isascii():
        mended = f"{start}{user}{at}{_plain(place)}{rest}"
        return Address(
            target, "broken", scheme, user, host, int(port or 0), rest, "域名里有全角字符或中文句号", mended
        )
    return Address(target, "web", scheme, user, host, int(port or 0), rest)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", unquote(name)).replace("。", ".").replace("｡", ".").lower()


def _bad_host(target: str, start: str, user: str, name: str, rest: str) -> Address:
    """A host that cannot be one; mended where only blanks or Chinese marks are too many."""
    mended = re.sub(r"[\s\u3000]+", "", name).translate(_DOTS).rstrip(".;；、")
    mended, _, port = _plain(re.sub(r"\.{2,}", ".", mended)).partition(":")
    sound = named(mended) is not None and "." in mended and (not port or port.isdecimal())
    port = f":{port}" if port else ""
    if port:
        fault = "端口前面的冒号是全角的"
    elif re.search(r"[\s\u3000]", name):
        fault = "域名里有空格"
    else:
        fault = f"域名“{name[:40]}”写错"
    return Address(
        target, "broken", fault=fault, mended=f"{start}{user}{mended}{port}{rest}" if sound else ""
    )


def number(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that browsers read here: dotted, decimal, octal and hexadecimal forms, IPv6 in brackets."""
    if name.startswith("["):
        try:
            six = ipaddress.IPv6Address(name.strip("[]").partition("%")[0])
        except ValueError:
            return None
        return six.ipv4_mapped or six
    parts = name.removesuffix(".").split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        values = [int(part, 16) if part.startswith("0x") and part != "0x" else 0 if part == "0x"
                  else int(part, 8) if part[0] == "0" and len(part) > 1 else int(part) for part in parts]  # fmt: skip
    except ValueError:
        return None
    *head, last = values
    if any(one > 255 for one in head) or last >= 256 ** (5 - len(parts)):
        return None
    whole = last
    for at, one in enumerate(head):
        whole += one << (8 * (3 - at))
    return ipaddress.IPv4Address(whole)


@lru_cache(maxsize=16_384)
def named(name: str) -> Host | None:
    """The host of this name (lower case); None where no host can have it."""
    if (
        len(name) < 254 and name.endswith(".gov.cn") and _ORDINARY.fullmatch(name)
    ):  # most of a government's links
        label = name[: -len(".gov.cn")].rpartition(".")[2]
        return Host(name, name, f"{label}.gov.cn", label, "gov.cn", "government")
    name = name.removesuffix(".")
    digits = number(name) if name[-1:].isdigit() or name[:1] == "[" or "0x" in name else None
    if digits is not None:
        return Host(name, str(digits), "", "", "", "number" if digits.is_global else "intranet")
    shown = name
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    elif "xn--" in name:
        try:
            shown = idna.decode(name)
        except (idna.IDNAError, UnicodeError):
            shown = name
    if not _HOST.fullmatch(name) or ".." in name:
        return None
    domain, label, suffix = parts(name)
    if name.endswith(_GOVERNMENT) or name == "gov.cn":
        place = "government"
    elif "." not in name or name.rpartition(".")[2] in _INSIDE:
        place = "intranet"
    else:
        place = "public"
    return Host(name, shown, domain or (name if "." in name else ""), label, suffix, place)


def parts(name: str) -> tuple[str, str, str]:
    """The registrable domain of an ASCII name ("" where there is none), its own label, its public suffix.

    As publicsuffix.org has it: the longest suffix of the list, *.ck and !www.ck included.
    """
    label, start, at = "", 0, 0  # the label before ``at``, and where it starts
    while True:
        suffix = name[at:]
        if suffix in _PUBLIC and suffix not in _BUT:
            break
        dot = name.find(".", at)
        if dot >= 0 and name[dot + 1 :] in _BELOW and suffix not in _BUT:
            break
        if dot < 0:
            return "", suffix, ""
        label, start, at = name[at:dot], at, dot + 1
        if suffix in _BUT:
            suffix = name[at:]
            break
    return (name[start:] if label else ""), label, suffix


_address = lru_cache(maxsize=8_192)(_parse)
