"""All addresses of a text, taken apart once for every rule of this family."""

from __future__ import annotations

import re
import threading
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from detectors.rule import Finding, Rule
from detectors.rules.link._address import Address, Host, address
from detectors.text import Link, Text

# A reader gets there by a click or sees what stands there as part of the page.
_LEADS = frozenset({
    ("a", "href"), ("area", "href"), ("form", "action"), ("button", "formaction"), ("input", "formaction"),
    ("iframe", "src"), ("frame", "src"), ("iframe", "data-src"), ("object", "data"), ("embed", "src"),
    ("script", "src"), ("a", "markdown"),
})  # fmt: skip
_SHOWS = frozenset(
    {"img", "video", "audio", "source", "track", "!", "input", "td", "body", "table", "div", "section"}
)
_WEB = re.compile(
    r"(?:https?|ftp)://(?:[a-z0-9._~@:%\[\]-]{1,300}|[\u4e00-\u9fff0-9a-z-]{1,40}\.(?:政务|公益|中国|公司|网络|网址)(?:\.cn)?)"
    r"(?:[/?#](?:(?![,;(]https?:)[!#-&(-;=?-Z\[\]_a-z~]){0,2000})?"
)
_WWW = re.compile(
    r"(?<![a-z0-9@./-])www\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}(?:[:/](?:(?![,;(]https?:)[!#-&(-;=?-Z_a-z~]){0,2000})?"
)
_DOT = re.compile(
    r"\.(?:gov|com|cn|net|org|cc|top|xyz|vip|info|club|shop|site|online|icu|tv|me|co|io|so|im|gl|ly|tax|fyi|example)(?![a-z0-9-])"
)
_BEFORE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_AFTER = re.compile(r"(?:\.[a-z]{2,10}(?![a-z0-9]))*(?::\d{1,5})?(?:/[!#-&(-;=?-Z_a-z~]{0,2000})?")
_CLOSERS = {")": "(", "]": "["}


class Place(NamedTuple):
    """One address and where it stands: a link of the source, or a range of ``plain``."""

    address: Address
    link: Link | None
    start: int = 0
    end: int = 0
    bare: bool = False  # only a name in running text, neither http:// nor www. nor a path

    @property
    def host(self) -> Host:
        """Whose machine the address names; only for addresses that have one."""
        host = self.address.host
        if host is None:
            message = f"{self.address.written!r} has no host"
            raise ValueError(message)
        return host

    @property
    def leads(self) -> bool:
        """Whether the reader gets to this address."""
        return self.link is None or (self.link.tag, self.link.via) in _LEADS

    @property
    def shows(self) -> bool:
        """Whether a picture, sound or film of the page comes from this address."""
        return self.link is not None and self.link.tag in _SHOWS and self.link.via != "href"

    def say(self, rule: Rule, text: Text, suggestion: str | None = None, note: str = "") -> Finding:
        """A finding at this address."""
        if self.link is None:
            return rule.at(text, self.start, self.end, suggestion, note)
        return rule.at_source(text, self.link.span, suggestion, note=note)

    def once(self, rule: Rule, text: Text, others: Iterable[Place], note: str) -> Finding:
        """One finding that stands for many."""
        places = tuple(
            one.link.span if one.link is not None else text.span(*text.written(one.start, one.end))
            for one in others
        )
        return self.say(rule, text, note=note)._replace(places=places)


class Page:
    """The addresses of one text by what rules ask about; a page that links to government sites only has none strange."""

    def __init__(self, text: Text) -> None:
        links = [Place(address(link.target), link) for link in text.links]
        self.places: list[Place] = links + list(_bare(text, links)) if text.seen != "code" else links
        self.web = [place for place in self.places if place.address.host]
        # the few that are not an ordinary address of a government host
        self.strange = [place for place in self.web if place.host.place != "government"]
        self.odd = [place for place in links if place.address.kind not in {"web", "relative", "contact"}]
        self.links = links

    @cached_property
    def named(self) -> list[Place]:
        """Strange hosts in full addresses that are whole."""
        return [one for one in self.strange if one.host.place == "public" and one.address.kind == "web"]


class _Last(threading.local):
    text: weakref.ref[Text] | None = None
    page: Page | None = None


_last = _Last()


def page(text: Text) -> Page:
    """The addresses of a text. The rules look at one text one after the other, so the last one is kept."""
    if _last.text is not None and _last.text() is text and _last.page is not None:
        return _last.page
    made = Page(text)
    _last.text, _last.page = weakref.ref(text), made
    return made


def _bare(text: Text, links: list[Place]) -> Iterator[Place]:
    plain = text.plain
    if "." not in plain:
        return
    found = list(_in(plain))
    if not found:
        return
    # What a link shows is judged as that link (and by shown-address-differs).
    shown = sorted({one.link.shown for one in links if one.link is not None})
    for place in found:
        start, end = text.written(place.start, place.end)
        above = bisect_right(shown, (start, len(text.as_written)))
        if not above or shown[above - 1][1] < end:
            yield place


def _in(plain: str) -> Iterator[Place]:
    taken = 0
    spots: list[tuple[int, int, bool]] = []
    if "://" in plain:
        spots += [(*match.span(), False) for match in _WEB.finditer(plain)]
    if "www." in plain:
        spots += [(*match.span(), False) for match in _WWW.finditer(plain)]
    spots += _names(plain)
    spots.sort()
    for start, stop, bare in spots:
        if start < taken:
            continue
        end = _trimmed(plain, start, stop)
        taken = stop
        if end <= start + 3:
            continue
        letters = plain[start:end]
        found = address(letters if "://" in letters[:8] else f"http://{letters}")
        if found.host is not None and found.kind == "web" and (bare is False or found.host.suffix):
            yield Place(found, None, start, end, bare)


def _names(plain: str) -> Iterator[tuple[int, int, bool]]:
    """Names like t.cn/a1 and beian.miit.gov.cn: the dot is looked for, the rest is around it."""
    done = 0
    for dot in _DOT.finditer(plain):
        if dot.start() < done:
            continue
        start = dot.start()
        floor = max(done, start - 100)
        while start > floor and plain[start - 1] in _BEFORE:
            start -= 1
        after = _AFTER.match(plain, dot.end())
        end = after.end() if after else dot.end()
        done = end
        name = plain[start:end].lstrip("-.")
        start = end - len(name)
        before = plain[start - 1] if start else " "
        if start == dot.start() or before in "@/_%=&" or plain[end : end + 1] in {"@", "_"}:
            continue
        yield start, end, "/" not in name


def _trimmed(plain: str, start: int, end: int) -> int:
    """The end of an address without the marks of the sentence around it."""
    left = {
        last: plain.count(last, start, end) - plain.count(first, start, end)
        for last, first in _CLOSERS.items()
    }
    while end > start:
        last = plain[end - 1]
        if left.get(last, 0) > 0:
            left[last] -= 1
        elif last not in "#@.,;:!?'\"-_~*>|":
            break
        end -= 1
    return end
