"""One file = one rule made of code, complete: why, title, article, examples, code."""
