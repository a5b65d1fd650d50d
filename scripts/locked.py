"""Print what uv.lock pins for the packages named, as requirements with hashes.

uv exports the lock for pip; this is how uv itself is installed, pinned and checked like everything else.
It runs before anything is installed, so it uses the standard library alone.
"""

import sys
import tomllib
from pathlib import Path

lock = tomllib.loads((Path(__file__).parent.parent / "uv.lock").read_text("utf-8"))
pinned = {package["name"]: package for package in lock["package"]}

for name in sys.argv[1:]:
    hashes = (f"--hash={wheel['hash']}" for wheel in pinned[name]["wheels"])
    print(f"{name}=={pinned[name]['version']}", *hashes)
