"""The findings of an earlier result, in eight bytes each: what was there already, and since when it is due."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from app.archive.manifest import Manifest

_DIGITS = (
    16  # hexadecimal digits of a fingerprint that are kept: two of ten million meet once in 400,000 results
)


@dataclass
class Before:
    """Each finding of the earlier result can be taken once; what is left at the end is gone."""

    codes: npt.NDArray[np.uint64]  # sorted, each once
    left: npt.NDArray[np.int64]
    due: npt.NDArray[np.int64]  # day's ordinal, 0 where nothing is known
    nothing: bool  # there is no earlier result

    @classmethod
    def of(cls, earlier: Manifest | None) -> Before:
        """Read them; from its report where there is one, for that knows the days."""
        codes: list[npt.NDArray[np.uint64]] = []
        due: list[npt.NDArray[np.int64]] = []
        if earlier is not None:
            listed = earlier.folder / "findings.parquet"
            if listed.is_file():
                with pq.ParquetFile(listed) as file:
                    for batch in file.iter_batches(columns=["fingerprint", "due"]):
                        codes.append(_codes(batch["fingerprint"]))
                        due.append(_ordinals(batch["due"]))
            else:
                for path in earlier.paths():
                    found = pq.read_table(path, columns=["findings"])["findings"].combine_chunks()
                    codes.append(_codes(pc.struct_field(found.flatten(), "fingerprint")))
                    due.append(np.zeros(len(codes[-1]), dtype=np.int64))
        together = np.concatenate(codes) if codes else np.empty(0, dtype=np.uint64)
        days = np.concatenate(due) if due else np.empty(0, dtype=np.int64)
        order = np.lexsort((days, together))  # of one place several times on a page, the first day counts
        unique, first, count = np.unique(together[order], return_index=True, return_counts=True)
        return cls(unique, count.astype(np.int64), days[order][first], earlier is None)

    def take(self, fingerprint: str) -> tuple[bool, str]:
        """Whether it was there and not taken yet, and its ISO day."""
        code = np.uint64(int(fingerprint[:_DIGITS], 16))
        at = int(np.searchsorted(self.codes, code))
        if at >= len(self.codes) or self.codes[at] != code or not self.left[at]:
            return False, ""
        self.left[at] -= 1
        day = int(self.due[at])
        return True, datetime.date.fromordinal(day).isoformat() if day else ""


def _codes(fingerprints: pa.Array) -> npt.NDArray[np.uint64]:
    return np.array([int(one[:_DIGITS], 16) for one in fingerprints.to_pylist()], dtype=np.uint64)


def _ordinals(days: pa.Array) -> npt.NDArray[np.int64]:
    """ISO days; most are the same few."""
    packed = days.dictionary_encode()
    ordinals = [
        datetime.date.fromisoformat(one).toordinal() if one else 0 for one in packed.dictionary.to_pylist()
    ]
    of_each: npt.NDArray[np.int64] = np.array(ordinals, dtype=np.int64)[packed.indices.to_numpy()]
    return of_each
