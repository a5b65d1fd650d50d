"""A host dressed up as a government site, or as the unit's own."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING

from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.link._address import Host, named
from detectors.rules.link._hosts import hosts
from detectors.rules.link._page import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detectors.known import Known
    from detectors.text import Text

RULE = Rule(
    id="link.look-alike-domain",
    title="冒充政府网站的域名",
    why="域名看着像政府网站，其实属于别人，是仿冒、钓鱼网站的常用手法。真正的政府网站域名以 .gov.cn（或 .政务、.公益）结尾，"
    "后面不会再有别的。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则》第二十条(二)：及时发现域名被劫持、被冒用等安全问题",
        "《宜君县政府网站与政务新媒体管理细则》第二十条(三)：假冒政府网站的发现与处理",
        "《福州市政府网站管理暂行办法》第三十二条：不得有任何危害网站网络与信息安全的行为",
    ),
    examples=(
        Example('<a href="⟦http://www.qingshan.gov.cn.fuwu-dating.top/⟧">政务服务大厅</a>', "html"),
        Example('<a href="⟦https://www.qingshan-gov.cn/bm⟧">县政府网站</a>', "html"),
        Example('<a href="⟦http://www.gov.cn@fuwu-dating.top/⟧">中国政府网</a>', "html"),
        Example('<a href="⟦http://rsj.qingshan.gov.com.cn/⟧">人社局</a>', "html"),
        Example('<a href="⟦http://www.qingshan.g0v.cn/⟧">县政府网站</a>', "html"),
        Example('<a href="⟦http://www.qingshan.gоv.cn/⟧">县政府网站</a>', "html"),
        "请登录⟦http://qingshan-gov-cn.com/bt⟧领取补贴。",
        "请登录青山县人民政府网站⟦www.qingshangov.cn⟧查询。",
        Example('<a href="http://www.qingshan.gov.cn/">县政府网站</a>', "html"),
        Example('<a href="http://zwfw-new.qingshan.gov.cn:8080/icity/">政务服务网</a>', "html"),
        Example('<a href="https://www.gov.uk/guidance">英国政府网站</a>', "html"),
        Example('<a href="https://www.nasa.gov/">美国航天局</a>', "html"),
        Example('<a href="https://www.smart-egov.cn/">智慧政务论坛</a>', "html"),
        Example('<a href="https://webvpn.qingshan.edu.cn/http/www.gov.cn/">图书馆</a>', "html"),
        "投诉信箱为 xinfang@qingshan.gov.cn，网址 www.qingshan.gov.cn。",
    ),
)  # fmt: skip
_TRUSTED = {"own", "approved", "source", "public"}
# Anybody can register here; gov.uk, gov.sg and the like are real governments.
_OPEN = frozenset({
    "com", "net", "org", "com.cn", "net.cn", "org.cn", "cc", "top", "xyz", "vip", "info", "biz", "club", "shop", "site",
    "online", "store", "fun", "icu", "ltd", "group", "work", "wang", "win", "link", "live", "app", "pro", "tech", "website",
    "space", "red", "ink", "mobi", "asia", "name", "tv", "me", "pw", "co", "xn--fiqs8s", "xn--55qx5d", "xn--io0a7i",
})  # fmt: skip
_CHINESE = frozenset({"cn", "com.cn", "net.cn", "org.cn"})
_WITHIN = re.compile(r"(?:\A|-)gov-?cn(?:\Z|-)|govcn\Z|-gov-cn")
_MISSPELT = frozenset({"g0v", "qov", "gou", "gov-cn", "gvo", "gav", "gcv", "g-ov", "go-v"})
_SIGNS = ("gov", *sorted(_MISSPELT - {"gov-cn"}))
# Letters of other alphabets that look like ours.
_TWINS = str.maketrans("аеорсухіјѕԁһԛԝɡɩοαεικνρτυχϲγⅰⅼ", "aeopcyxijsdhqwgioaeikvptuxcyil")
_MOST = 4_096


def prepare(known: Known) -> Find:
    """With the unit's own domains, which somebody may imitate."""
    table = hosts(known)
    own = tuple(sorted(entry.domain for entry in table.entries.values() if entry.kind == "own"))
    answers: dict[str, str] = {}

    def imitates(host: Host) -> str:
        answer = answers.get(host.name)
        if answer is None:
            if len(answers) >= _MOST:
                answers.clear()
            # Whoever imitates gov.cn writes one of these; the rest is asked only whom it comes near.
            likely = any(word in host.name for word in _SIGNS) or host.shown != host.name
            looked = _imitations(host) if likely else ()
            answers[host.name] = answer = next(chain(looked, _near(host, own)), "")
        return answer

    def find(text: Text) -> Iterator[Finding]:
        """Hosts that pretend, and names put before an @ to be taken for the host."""
        for place in page(text).strange:
            host, user = place.host, place.address.user
            pretended = user.partition(":")[0].lower()
            if "." in pretended and named(pretended) is not None:
                note = f"“@”之前的“{pretended[:60]}”只是用户名，链接实际打开的是 {host.shown}。"
                yield place.say(RULE, text, note=note)
            elif host.place == "public" and table.of(host, text.about.published_on).kind not in _TRUSTED:
                note = imitates(host)
                if note:
                    yield place.say(RULE, text, note=note)

    return find


def _imitations(host: Host) -> Iterator[str]:
    dotted = f".{host.name}."
    owner = f"链接实际属于 {host.domain}。"
    if ".gov.cn." in dotted or ".政务." in f".{host.shown}." or ".公益." in f".{host.shown}.":
        yield f"政府域名后面又接了别的：{owner}"
    if host.label in {"gov", "govcn", "gov-cn"} and host.suffix in _OPEN:
        yield f"“.{host.domain}”不是政府域名，任何人都可以注册。"
    within = host.name.removesuffix(f".{host.suffix}").split(".")
    if any(_WITHIN.search(label) for label in within):
        yield f"“{host.domain}”里含有 gov、cn 字样，但不以 .gov.cn 结尾。"
    if host.label.endswith("-gov") and (host.suffix in _OPEN or host.suffix == "cn"):
        yield f"“{host.domain}”里含有 gov 字样，但不以 .gov.cn 结尾。"
    if host.suffix in _CHINESE and re.search(r"[a-z]{2}(?<!e)gov\Z", host.label):
        yield f"“{host.domain}”不以 .gov.cn 结尾，可能是漏了“gov”前的点，也可能是仿冒域名。"
    if host.label in _MISSPELT and host.suffix in {"cn", "com.cn"}:
        yield f"“{host.domain}”与 gov.cn 只差一个字符。"
    if host.shown != host.name:
        yield from _other_letters(host)


def _near(host: Host, own: Iterable[str]) -> Iterator[str]:
    for domain in own:
        if _close(host, domain):
            yield f"与本单位域名 {domain} 只差一点，实际属于 {host.domain}。"


def _other_letters(host: Host) -> Iterator[str]:
    twin = host.shown.translate(_TWINS)
    if twin != host.shown and twin.endswith((".gov.cn", "-gov.cn")):
        yield f"域名里混有形近的外文字母，看着像 {twin}，实际是 {host.name}。"
    for label in host.shown.split("."):
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in label if letter.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
            yield f"域名“{label}”混用了两种文字的形近字母，实际是 {host.name}。"


def _close(host: Host, own: str) -> bool:
    """Whether a strange domain is an own one with a letter changed, added or lost, or with other dots."""
    if host.domain == own:
        return False
    label, _, suffix = own.partition(".")
    if suffix == "gov.cn" and host.label.replace("-", "") in {f"{label}gov", f"gov{label}"}:
        return True
    theirs, ours = re.sub(r"[.-]", "", host.domain), re.sub(r"[.-]", "", own)
    if len(ours) < 8 or abs(len(theirs) - len(ours)) > 1:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(theirs, ours, strict=False)) if a != b),
        min(len(theirs), len(ours)),
    )
    return any(
        theirs[start + one :] == ours[start + other :] for one, other in ((0, 0), (1, 1), (1, 0), (0, 1))
    )
