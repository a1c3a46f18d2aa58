"""The text of a formula as tokens, which know where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 100_000
# Of the text before and after the place of an error so much is shown.
_SHOWN = 30

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_SIGN = r"\*\*|<=|>=|[-+*/^(),<>&|~]"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<quoted>{_QUOTED})|(?P<sign>{_SIGN})"
    r"|(?P<end>\Z))",
    re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A word of a formula.

    Parameters
    ----------
    kind : {"number", "name", "quoted", "sign", "end"}
    text : str
        As it stands there.
    start : int
        Where it begins.
    """

    kind: str
    text: str
    start: int


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, one of the kind "end" last.

    Raises
    ------
    ValueError
        If it is too long, or has something in it that is no part of any formula.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            f"expr is no formula: it has {len(text)} characters, more than {MOST_CHARACTERS}."
        )
    found: list[Token] = []
    place = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if match is None:
            raise _unknown(text, place)
        kind = str(match.lastgroup)
        token = Token(kind, match[kind], match.start(kind))
        if kind == "number" and re.match(r"[\w.]", text[match.end() :]):
            raise fault(text, match.end(), "a number ends here: is a * missing?")
        found.append(token)
        place = match.end()
    return found


def _unknown(text: str, place: int) -> ValueError:
    place += len(text[place:]) - len(text[place:].lstrip())
    if text[place] == '"':
        return fault(text, place, "these quotes have no end")
    if text[place] in "'`":
        return fault(text, place, 'names that are no words stand in double quotes, "a name"')
    if text[place] == "=":
        return fault(text, place, "equations are no formulas; compare by Eq(a, b)")
    return fault(text, place, f"{text[place]!r} has no meaning here")


def fault(text: str, place: int, problem: str) -> ValueError:
    """Return an error that shows the place in the text."""
    start = max(place - _SHOWN, 0)
    before, after = _line(text[start:place]), _line(text[place : place + _SHOWN])
    return ValueError(
        f"expr is no formula: {problem}, at character {place + 1}:\n"
        f"    {before}{after}\n    {' ' * len(before)}^"
    )


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
