"""Computes detectors/spelling/sounds.txt and shapes.txt: which characters sound and which look alike.

Run by hand when the tables shall change; the service only reads its results.

    pip install pypinyin pillow
    apt-get install fonts-wqy-microhei fonts-arphic-ukai fonts-noto-cjk
    python scripts/spelling_tables.py

Sounds are pypinyin's readings without tones; a reading after the first counts when words use it.
Shapes are measured: every character of GB 2312 is drawn in three typefaces and blurred, and the pictures are
compared as a whole and in parts (完 is a part of 院, 限 and 根 share theirs). Nothing is taken from a list.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

HERE = Path(__file__).resolve().parent.parent / "detectors" / "spelling"
FONTS = (
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
)
SIZE = 48
MOST, FEW = 30, 10  # look-alikes of a common and of a rare character
COMMON = 3755  # of GB 2312, its first level
# Cuts of a character's box (left, top, right, bottom as shares) that often are characters themselves.
PARTS = (
    (0.26, 0, 1, 1), (0.36, 0, 1, 1), (0.5, 0, 1, 1), (0, 0, 0.5, 1), (0, 0, 0.64, 1),
    (0, 0.26, 1, 1), (0, 0.36, 1, 1), (0, 0.5, 1, 1), (0, 0, 1, 0.5), (0, 0, 1, 0.64),
)  # fmt: skip
SHARED = ((0.4, 0, 1, 1), (0, 0.4, 1, 1))  # the phonetic part, right or below
_TONES = {ord(mark): None for mark in "\u0300\u0301\u0302\u0304\u0308\u030c"}

Floats = npt.NDArray[np.float32]


def toneless(reading: str) -> str:
    """lǜ → lv, zhōng → zhong."""
    return unicodedata.normalize("NFD", reading).replace("u\u0308", "v").translate(_TONES)


def readings() -> dict[str, list[str]]:
    """Character → syllables, the usual one first."""
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for word, sounds in PHRASES_DICT.items():
        if len(word) == len(sounds):
            for letter, sound in zip(word, sounds, strict=True):
                used[letter][toneless(sound[0])] += 1
    found = {}
    for code, sounds in PINYIN_DICT.items():
        letter = chr(code)
        if "\u4e00" <= letter <= "\u9fff":
            each = list(dict.fromkeys(map(toneless, sounds.split(","))))
            count = used[letter]
            few = count.total() <= 20
            found[letter] = [each[0], *(one for one in each[1:] if count[one] >= 2 or (few and count[one]))][
                :4
            ]
    return found


def gb2312() -> list[str]:
    """The 6,763 characters of GB 2312, the common 3,755 first."""
    pairs = (
        (high, low)
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if (high, low) < (0xD7, 0xFA) or high > 0xD7
    )
    return [bytes(pair).decode("gb2312") for pair in pairs]


def drawn(letter: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    picture = Image.new("L", (SIZE, SIZE), 0)
    ImageDraw.Draw(picture).text((SIZE / 2, SIZE / 2), letter, font=font, fill=255, anchor="mm")
    return picture


def as_row(picture: Image.Image, blur: float) -> Floats:
    row = np.asarray(picture.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32).ravel()
    row = row - row.mean()
    return np.asarray(row / (np.linalg.norm(row) + 1e-6), dtype=np.float32)


def cut(picture: Image.Image, share: tuple[float, float, float, float]) -> Image.Image:
    """A part of the inked box, stretched to full size."""
    left, top, right, bottom = picture.getbbox() or (0, 0, SIZE, SIZE)
    width, height = right - left, bottom - top
    box = (left + share[0] * width, top + share[1] * height, left + share[2] * width, top + share[3] * height)
    part = picture.crop(tuple(round(side) for side in box))  # type: ignore[arg-type]
    inked = part.getbbox()
    return (
        part.crop(inked).resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        if inked
        else Image.new("L", (SIZE, SIZE))
    )


def likeness(letters: list[str]) -> tuple[Floats, Floats, Floats]:
    """[a, b]: a as a whole like b; a like a part of b; a and b share a part."""
    whole, part, shared = (np.zeros((len(letters), len(letters)), dtype=np.float32) for _ in range(3))
    for path, index in FONTS:
        font = ImageFont.truetype(path, SIZE - 4, index=index)
        pictures = [drawn(letter, font) for letter in letters]
        rows = np.array([as_row(picture, 1.6) for picture in pictures])
        whole += rows @ rows.T
        filled = np.array([as_row(cut(picture, (0, 0, 1, 1)), 1.8) for picture in pictures])
        best = np.full_like(part, -1)
        for share in PARTS:
            rows = np.array([as_row(cut(picture, share), 1.8) for picture in pictures])
            np.maximum(best, filled @ rows.T, out=best)
        part += best
        best = np.full_like(part, -1)
        for share in SHARED:
            rows = np.array([as_row(cut(picture, share), 1.8) for picture in pictures])
            np.maximum(best, rows @ rows.T, out=best)
        shared += best
    for table in (whole, part, shared):
        np.divide(table, len(FONTS), out=table)
        np.fill_diagonal(table, 0)
    return whole, part, shared


def look_alikes(letters: list[str]) -> dict[str, list[str]]:
    """Right character → wrong characters that are taken for it, most alike first.

    Nearest are looked for among the 3,755 common characters: a slip of the eye ends at a character one knows,
    and a character read by machine may be any.
    """
    whole, part, shared = likeness(letters)
    found: dict[tuple[int, int], float] = {}

    def note(one: int, other: int, score: float) -> None:
        for pair in ((one, other), (other, one)):
            found[pair] = max(found.get(pair, 0.0), score)

    for table, near, least, sure, weight in (
        (whole, 12, 0.60, 0.72, 1.0),
        (part, 5, 0.5, 0.62, 0.95),
        (shared, 5, 0.86, 0.91, 0.9),
    ):
        for axis in (0, 1):
            rows = table if axis == 0 else table.T
            for one in range(len(letters)):
                for rank, other in enumerate(np.argsort(-rows[one, :COMMON])[:near].tolist()):
                    score = float(rows[one, other])
                    if score >= sure or (rank < 5 and score >= least):
                        note(one, other, score * weight)
    kept: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (one, other), score in found.items():
        kept[letters[one]].append((score, letters[other]))
    most = {letter: MOST if rank < COMMON else FEW for rank, letter in enumerate(letters)}
    return {
        one: [wrong for _, wrong in sorted(kept[one], reverse=True)[: most[one]]]
        for one in letters
        if kept[one]
    }


def main() -> None:
    by_sound: dict[str, list[str]] = defaultdict(list)
    letters = gb2312()
    known = readings()
    for letter in letters:
        for rank, sound in enumerate(known[letter]):
            by_sound[sound if rank == 0 else f"{sound}'"].append(letter)
    lines = [f"{sound} {''.join(by_sound[sound])}\n" for sound in sorted(by_sound)]
    (HERE / "sounds.txt").write_text("".join(lines), encoding="utf-8")
    alike = look_alikes(letters)
    (HERE / "shapes.txt").write_text(
        "".join(f"{one} {''.join(alike[one])}\n" for one in letters if one in alike), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
