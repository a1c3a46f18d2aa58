"""A place in the text of a formula that moves on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .bounds import finite_number
from .tokens import Token, fault, tokens_of

# Parentheses, powers of powers and calls within each other.
_DEEPEST = 50


class Cursor:
    """Goes through the tokens of a text once.

    Parameters
    ----------
    text : str

    Raises
    ------
    ValueError
        If it is too long, or has something in it that is no part of any formula.
    """

    def __init__(self, text: str) -> None:
        self.text, self.tokens = text, tokens_of(text)
        self._next, self._depth = 0, 0

    @property
    def token(self) -> Token:
        """The token that is next."""
        return self.tokens[self._next]

    def take(self) -> Token:
        """Return the next token and go on; there is none behind the last."""
        token = self.token
        self._next += token.kind != "end"
        return token

    def accept(self, *signs: str) -> Token | None:
        """Return the next token and go on, if it is one of some signs."""
        return self.take() if self.token.kind == "sign" and self.token.text in signs else None

    def expect(self, sign: str) -> Token:
        """Return the next token and go on; raise an error if it is another than a sign."""
        token = self.accept(sign)
        if token is None:
            raise self.unexpected(self.token, f"{sign} was expected")
        return token

    def deeper(self, token: Token, rule: Callable[[], Any]) -> Any:
        """Return what a rule makes of the text within something that begins at a token."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.fault(token, "this is nested too deeply")
        value = rule()
        self._depth -= 1
        return value

    def fault(self, token: Token, problem: str) -> ValueError:
        """Return an error that shows a token."""
        return fault(self.text, token.start, problem)

    def unexpected(self, token: Token, problem: str) -> ValueError:
        """Return an error for a token that is not what should be there."""
        return self.fault(token, "it ends too early" if token.kind == "end" else problem)

    def checked(self, token: Token, check: Callable[..., Any], *values: Any) -> None:
        """Do a check, and let its error show a token."""
        try:
            check(*values)
        except ValueError as error:
            raise self.fault(token, str(error)) from None

    def made(self, token: Token, make: Callable[..., Any], *parts: Any) -> Any:
        """Return what SymPy makes of expressions; what it cannot make is an error at a token."""
        try:
            return make(*parts)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise self.fault(token, f"this cannot be worked out: {error}") from error

    def number(self, value: Any, token: Token) -> Any:
        """Return a value that begins at a token, if it is a number, and a finite one.

        What has columns in it is a number.
        """
        import sympy

        if not isinstance(value, sympy.Expr):
            raise self.fault(token, "a condition stands where a number should be")
        if not value.free_symbols:
            self.checked(token, finite_number, value)
        return value

    def condition(self, value: Any, token: Token) -> Any:
        """Return a value that begins at a token, if it is a condition, one without pieces."""
        import sympy

        if isinstance(value, sympy.Expr):
            raise self.fault(token, "a number stands where a condition should be")
        if value.has(sympy.Piecewise):
            raise self.fault(token, "pieces stand in no condition")
        return value
