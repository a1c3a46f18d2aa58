"""From text to SymPy expressions, by a grammar of our own: no text is ever run as Python.

    comparison   disjunction [("<" | "<=" | ">" | ">=") disjunction]
    disjunction  conjunction ("|" conjunction)*
    conjunction  sum ("&" sum)*
    sum          product (("+" | "-") product)*
    product      signed (("*" | "/") signed)*
    signed       ("+" | "-" | "~")* power
    power        atom [("**" | "^") signed]
    atom         number | name | function "(" comparison ("," comparison)* ")"
                 | "Piecewise" "(" piece ("," piece)* ")" | "(" comparison ")"
    piece        "(" comparison "," (comparison | "True") ")"

Operators bind as in Python, but that ``^`` is a power too; quotients of whole numbers are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from .bounds import check_digits, check_exponential, check_power
from .cursor import Cursor
from .lookup import Lookup
from .tokens import Token
from .vocabulary import PIECEWISE, RELATIONS

_MOST_PIECES = 32
# Numbers of more characters have digits that count for nothing.
_LONGEST_NUMBER = 40


def parse_formula(
    text: str,
    columns: Collection[str] | None = None,
    functions: Mapping[str, Callable[[Any], Any]] | None = None,
) -> Any:
    """Return the SymPy expression that a text says.

    Parameters
    ----------
    text : str
    columns : collection of str or None
        The names that may stand in it. They come before constants: where a column is called
        ``E``, that is what ``E`` means, unless the text has ``"E"`` too. None: any names.
    functions : mapping of str to callable, optional
        Functions of a user's own by their names in formulas, see `names.written`.

    Returns
    -------
    sympy.Expr
        Of symbols by `symbols.column_symbol`, and undefined functions.

    Raises
    ------
    ValueError
        If the text is anything else than a formula of these names, or too large; the message
        shows where.
    """
    import sympy

    try:
        parser = _Parser(text, columns, functions or {})
        value = parser.comparison()
    except RecursionError:
        raise ValueError("expr is no formula: it is nested too deeply.") from None
    cursor = parser.cursor
    if cursor.token.kind != "end":
        raise cursor.fault(cursor.token, "an operator was expected")
    if not isinstance(value, sympy.Expr):
        raise ValueError("expr is no formula of numbers: it is a condition.")
    return value


class _Parser:
    """A method for each rule of the grammar."""

    def __init__(
        self,
        text: str,
        columns: Collection[str] | None,
        functions: Mapping[str, Callable[[Any], Any]],
    ) -> None:
        self.cursor = Cursor(text)
        self.lookup = Lookup(self.cursor, columns, functions)

    def comparison(self) -> Any:
        import sympy

        start = self.cursor.token
        left = self.disjunction()
        sign = self.cursor.accept(*RELATIONS)
        if sign is None:
            return left
        place = self.cursor.token
        right = self.cursor.number(self.disjunction(), place)
        left = self.cursor.number(left, start)
        return self.cursor.made(sign, getattr(sympy, RELATIONS[sign.text]), left, right)

    def disjunction(self) -> Any:
        import sympy

        return self._joined("|", self.conjunction, sympy.Or)

    def conjunction(self) -> Any:
        import sympy

        return self._joined("&", self.sum, sympy.And)

    def _joined(self, sign: str, rule: Callable[[], Any], join: Callable[..., Any]) -> Any:
        places, parts = [self.cursor.token], [rule()]
        while self.cursor.accept(sign):
            places.append(self.cursor.token)
            parts.append(rule())
        if len(parts) == 1:
            return parts[0]
        return join(*map(self.cursor.condition, parts, places))

    def sum(self) -> Any:
        import sympy

        start = self.cursor.token
        parts = [self.product()]
        while sign := self.cursor.accept("+", "-"):
            place = self.cursor.token
            part = self.cursor.number(self.product(), place)
            parts.append(-part if sign.text == "-" else part)
        return self._combined(parts, sympy.Add, start)

    def product(self) -> Any:
        import sympy

        start = self.cursor.token
        factors = [self.signed()]
        while sign := self.cursor.accept("*", "/"):
            place = self.cursor.token
            factor = self.cursor.number(self.signed(), place)
            if sign.text == "/" and factor == 0:
                raise self.cursor.fault(place, "this divides by zero")
            factors.append(1 / factor if sign.text == "/" else factor)
        return self._combined(factors, sympy.Mul, start)

    def _combined(self, parts: list[Any], join: Callable[..., Any], start: Token) -> Any:
        if len(parts) == 1:
            return parts[0]
        self.cursor.number(parts[0], start)
        self.cursor.checked(start, check_digits, parts)
        return self.cursor.number(join(*parts), start)

    def signed(self) -> Any:
        import sympy

        signs = []
        while sign := self.cursor.accept("+", "-", "~"):
            signs.append(sign.text)
        place = self.cursor.token
        value = self.power()
        for text in reversed(signs):
            if text == "~":
                value = sympy.Not(self.cursor.condition(value, place))
            else:
                value = self.cursor.number(value, place)
                value = -value if text == "-" else value
        return value

    def power(self) -> Any:
        import sympy

        start = self.cursor.token
        base = self.atom()
        sign = self.cursor.accept("**", "^")
        if sign is None:
            return base
        base = self.cursor.number(base, start)
        place = self.cursor.token
        exponent = self.cursor.number(self.cursor.deeper(sign, self.signed), place)
        if base == sympy.E:
            self.cursor.checked(start, check_exponential, exponent)
        self.cursor.checked(start, check_power, base, exponent)
        return self.cursor.number(base**exponent, start)

    def atom(self) -> Any:
        token = self.cursor.take()
        if token.kind == "number":
            return self.cursor.number(_literal(token.text), token)
        if token.kind in ("name", "quoted"):
            return self.called(token) if self.cursor.accept("(") else self.lookup.name(token)
        if token.text == "(":
            value = self.cursor.deeper(token, self.comparison)
            self.cursor.expect(")")
            return value
        raise self.cursor.unexpected(token, "a number, a name or a parenthesis was expected")

    def called(self, token: Token) -> Any:
        if token.kind == "name" and token.text == PIECEWISE:
            return self.cursor.deeper(token, self.pieces)
        return self.lookup.call(token, self.cursor.deeper(token, self.arguments))

    def arguments(self) -> list[tuple[Token, Any]]:
        found = [(self.cursor.token, self.comparison())]
        while self.cursor.accept(","):
            found.append((self.cursor.token, self.comparison()))
        self.cursor.expect(")")
        return found

    def pieces(self) -> Any:
        import sympy

        start = self.cursor.token
        found = [self.piece()]
        while self.cursor.accept(","):
            found.append(self.piece())
        self.cursor.expect(")")
        if len(found) > _MOST_PIECES:
            raise self.cursor.fault(start, f"there are more than {_MOST_PIECES} pieces")
        return self.cursor.made(start, sympy.Piecewise, *found)

    def piece(self) -> tuple[Any, Any]:
        self.cursor.expect("(")
        place = self.cursor.token
        value = self.cursor.number(self.comparison(), place)
        self.cursor.expect(",")
        condition = self._true_or_condition()
        self.cursor.expect(")")
        return value, condition

    def _true_or_condition(self) -> Any:
        import sympy

        place = self.cursor.token
        if place.text == "True":  # a column of this name is no condition by itself
            self.cursor.take()
            return sympy.true
        return self.cursor.condition(self.comparison(), place)


def _literal(text: str) -> Any:
    """Return a number of a formula: whole ones are exact, others have the digits given."""
    import sympy

    if text.isdigit() and len(text) <= 400:
        return sympy.Integer(int(text))
    return sympy.Float(text if len(text) <= _LONGEST_NUMBER else repr(float(text)))
