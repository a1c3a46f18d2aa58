"""What the names in the text of a formula mean: columns first, then the words of the language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .bounds import check_exponential, check_moderate
from .cursor import Cursor
from .names import is_spline, quoted, unquoted, written
from .symbols import apply_named, column_symbol
from .tokens import Token
from .vocabulary import (
    COMPARISONS,
    CONSTANTS,
    FUNCTIONS,
    NO_NUMBERS,
    PIECEWISE,
    SPECIAL,
    constant,
)


class Lookup:
    """Turns names into SymPy.

    Parameters
    ----------
    cursor : Cursor
        Of the text.
    columns : collection of str or None
        The names of the columns; None: any.
    functions : mapping of str to callable
        Functions of a user's own by their names in formulas.
    """

    def __init__(
        self,
        cursor: Cursor,
        columns: Collection[str] | None,
        functions: Mapping[str, Callable[[Any], Any]],
    ) -> None:
        self.cursor, self.columns, self.functions = cursor, columns, functions
        following = cursor.tokens[1:]
        # Columns that stand in quotes somewhere: their bare words are constants.
        self._in_quotes = {
            self._unquoted(token)
            for token, after in zip(cursor.tokens, following, strict=False)
            if token.kind == "quoted" and after.text != "("
        }

    def name(self, token: Token) -> Any:
        """Return what a name stands for that is not called."""
        if token.kind == "quoted":
            return self._column(self._unquoted(token), token)
        word = token.text
        is_column = self.columns is not None and word in self.columns
        if word in CONSTANTS and (not is_column or word in self._in_quotes):
            return constant(word)
        if not is_column:
            self._check_free(word, token)
        return self._column(word, token)

    def call(self, token: Token, arguments: Sequence[tuple[Token, Any]]) -> Any:
        """Return a function of arguments, each a value with the token where it begins."""
        values = [self.cursor.number(value, place) for place, value in arguments]
        if token.kind == "name" and token.text in COMPARISONS:
            import sympy

            self._check_count(token, len(values), 2, 2)
            return self.cursor.made(token, getattr(sympy, token.text), *values)
        if token.kind == "name" and token.text in FUNCTIONS:
            return self._of_language(token, arguments)
        word = token.text if token.kind == "name" else self._own(self._unquoted(token))
        if word in self.functions:
            self._check_count(token, len(values), 1, 1)
            return self._of_user(word, values[0])
        if is_spline(word):
            problem = f"{word} is a spline edge, which no text holds: see symbolify"
            raise self.cursor.fault(token, problem)
        raise self.cursor.fault(token, f"{word} is no function of formulas")

    def _check_free(self, word: str, token: Token) -> None:
        """Raise an error if a word that is none of the columns means something else."""
        if word in FUNCTIONS or word in self.functions or word in (*COMPARISONS, PIECEWISE):
            problem = f"{word} is a function; a column of this name stands in quotes, "
            raise self.cursor.fault(token, problem + written(word))
        if word in NO_NUMBERS:
            raise self.cursor.fault(token, f"{word} is no finite real number")
        if not word.isidentifier():
            problem = f"{word} is no name; a column of this name stands in quotes, "
            raise self.cursor.fault(token, problem + written(word))

    def _column(self, name: str, token: Token) -> Any:
        if self.columns is not None and name not in self.columns:
            problem = f"expr has {[name]}, which are none of the columns {list(self.columns)}"
            raise self.cursor.fault(token, problem)
        return column_symbol(name)

    def _of_language(self, token: Token, arguments: Sequence[tuple[Token, Any]]) -> Any:
        function, values = FUNCTIONS[token.text], [value for _, value in arguments]
        self._check_count(token, len(values), function.fewest, function.most)
        if token.text in SPECIAL:
            for place, value in arguments:
                self.cursor.checked(place, check_moderate, value)
        if token.text == "exp":
            self.cursor.checked(token, check_exponential, values[0])
        return self.cursor.number(self.cursor.made(token, function.of, *values), token)

    def _own(self, name: str) -> str:
        """Return how a function of a user's own is written, which may be in quotes needlessly."""
        return quoted(name) if quoted(name) in self.functions else written(name)

    def _of_user(self, word: str, argument: Any) -> Any:
        import sympy

        if argument.free_symbols:
            return apply_named(word, argument)
        return sympy.Float(float(self.functions[word](float(argument))), 17)

    def _check_count(self, token: Token, n: int, fewest: int, most: int) -> None:
        if not fewest <= n <= most:
            wanted = str(most) if fewest == most else f"{fewest} to {most}"
            plural = "s" if most > 1 else ""
            problem = f"{token.text} takes {wanted} argument{plural}, not {n}"
            raise self.cursor.fault(token, problem)

    def _unquoted(self, token: Token) -> str:
        try:
            return unquoted(token.text)
        except ValueError as error:
            raise self.cursor.fault(token, str(error)) from None
