"""PostgreSQL for the tests of words."""

from tests.app.register.conftest import postgresql

__all__ = ["postgresql"]
