"""For spark-submit: python docs/rescan_spark.py ARCHIVE RESULT [ours=theirs …]. See docs/cluster.md."""

# ruff: noqa: INP001 a script, no package

from __future__ import annotations

import sys

from app import settings
from app.archive import cluster
from app.archive.readers import Columns

archive, result, *names = sys.argv[1:]
columns = Columns(dict(one.partition("=")[::2] for one in names))
pages = cluster.rescan("", archive, result, settings.read(), columns)
sys.stdout.write(f"读入并写出 {pages} 页，结果在 {result}\n")
