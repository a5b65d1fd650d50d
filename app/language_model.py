"""Where the language model of the wrong-character layer lies, and the layer under the service's settings.

Nothing here is imported that the layer alone needs until a model has been found: without one it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings
    from detectors.rule import Detector
    from detectors.spelling import Evidence, Model

NAME = "zh_CN.lm"
CACHE = "cache"  # below the data folder: a fetched model, and the tables that are made of one
LEARNT = "learnt.tsv"  # below the data folder: what ``xianshen learn`` writes
OFF = "off"
_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
)  # libime/zh_CN.lm below these, on Debian below an architecture


class LanguageModelError(ValueError):
    """A language model or a file of learnt forms that was asked for and is not there."""


@dataclass(frozen=True)
class Layer:
    """The wrong-character layer, loaded."""

    path: Path
    model: Model
    evidence: Evidence

    def detector(self, *, thorough: bool = False, reasons: bool = False) -> Detector:
        """The detector of ``spelling.unlikely-wording``."""
        from detectors import spelling

        level = spelling.THOROUGH if thorough else spelling.STRICT
        return spelling.detector(self.model, level, self.evidence, reasons=reasons)


def find(settings: Settings) -> Path | None:
    """The model's file: where the setting says, where the system's package puts it, or in the data folder's cache.

    None: there is none and none was asked for, or the layer is switched off.

    Raises:
        LanguageModelError: the setting names a file that is not there.
    """
    asked = settings.language_model.strip()
    if asked.lower() == OFF:
        return None
    if asked:
        path = Path(asked)
        if not path.is_file():
            raise LanguageModelError(f"XIANSHEN_LANGUAGE_MODEL={asked}：没有这个文件")
        return path
    return next((path for path in (*of_system(), settings.home / CACHE / NAME) if path.is_file()), None)


def of_system() -> list[Path]:
    """Where packages of the system put the model."""
    return [
        path
        for root in map(Path, _SYSTEM)
        for path in (root / "libime" / NAME, *sorted(root.glob(f"*-linux-*/libime/{NAME}")))
    ]


def load(settings: Settings) -> Layer | None:
    """The layer; None without a model.

    Raises:
        LanguageModelError: model or learnt forms were asked for by setting and are not there.
        ValueError: the model cannot be used (cut short, of another order or kind), or the learnt forms cannot.
    """
    path = find(settings)
    if path is None:
        return None
    from detectors import spelling

    return Layer(path, spelling.load(path, settings.home / CACHE), _evidence(settings))


def _evidence(settings: Settings) -> Evidence:
    from detectors import spelling

    path = settings.learnt or settings.home / LEARNT
    if not path.is_file():
        if settings.learnt:
            raise LanguageModelError(f"XIANSHEN_LEARNT={path}：没有这个文件，请先运行 xianshen learn")
        return spelling.NOTHING_LEARNT
    return spelling.learnt(path)
