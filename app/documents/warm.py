"""What a worker needs to read files, loaded once: new workers are forked from the process that has it."""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy comes with openpyxl; its threads' stacks count as memory

from app.documents import pdf, word, workbook

__all__ = ["pdf", "word", "workbook"]
