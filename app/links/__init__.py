"""The patrol: do the links of published pages still lead where they should?

The only package that opens a connection to the outside, and never inside ``screen()``.
"""
