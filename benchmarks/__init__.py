"""Speed, scale and accuracy. Every bench checks its answer before it counts.

A bench is a module with ``run() -> dict`` (JSON-able figures) and ``show(figures)`` (a readable table).
"""
