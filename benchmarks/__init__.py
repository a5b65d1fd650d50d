"""Speed, scale and accuracy. Every bench checks its answer before it counts.

A bench is a module with ``run() -> dict`` (JSON-able figures) and ``show(figures)`` (a readable table).
"""

import os

# The benches of the doors and of the lookup measure without the language model unless one is asked for by setting;
# ``spelling`` looks for it itself.
os.environ.setdefault("XIANSHEN_LANGUAGE_MODEL", "off")
