"""How names are written: in formulas, in Python source, in LaTeX.

In a formula a name stands as it is if it is an identifier that means nothing else, and in double
quotes if not, with the escapes of a Python string. What is in quotes is always the name of a
column, or before a parenthesis that of a function of a user's own, and never a word of the
language.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence

from .vocabulary import WORDS

_SPLINE = re.compile(r"phi_\d+_\d+_\d+")
# Modules that source may import, and whose names an argument may not hide.
_TAKEN = frozenset({*dir(builtins), *keyword.kwlist, "numpy", "scipy", "math", "functools"})


def written(name: str) -> str:
    """Return the name of a column, or of a user's own function, as formulas have it."""
    return name if _is_plain(name) else quoted(name)


def _is_plain(name: str) -> bool:
    is_word = name in WORDS or keyword.iskeyword(name) or is_spline(name)
    return name.isidentifier() and not is_word


def is_spline(name: str) -> bool:
    """Tell whether spline edges have names like this."""
    return _SPLINE.fullmatch(name) is not None


def quoted(name: str) -> str:
    """Return a name in double quotes."""
    return '"' + "".join(_in_quotes(letter) for letter in name) + '"'


def _in_quotes(letter: str) -> str:
    if letter == '"':
        return r"\""
    if letter != "\\" and letter.isprintable():
        return letter
    return letter.encode("unicode_escape").decode("ascii")


_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unquoted(text: str) -> str:
    """Return the name that stands in quotes.

    Raises
    ------
    ValueError
        If a backslash begins no escape that `quoted` writes.
    """

    def letter(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code is None and match[4] not in _LETTERS:
            raise ValueError(f"no escape is {match[0]!r}")
        return _LETTERS[match[4]] if code is None else chr(int(code, 16))

    return _ESCAPE.sub(letter, text[1:-1])


def numbered(word: str, number: int) -> str:
    """Return a written name with a number behind it."""
    return f'{word[:-1]}_{number}"' if word.endswith('"') else f"{word}_{number}"


def distinct(names: Sequence[str]) -> list[str]:
    """Return names, no two alike: those that come again have a number behind them."""
    found: list[str] = []
    for name in names:
        other, k = name, 1
        while other in found or (k > 1 and other in names):
            other, k = f"{name}.{k}", k + 1
        found.append(other)
    return found


def identifiers(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return a Python identifier for each name, no two alike.

    None is a keyword, a builtin, a module that source imports, or among those `taken`.
    """
    words = {*_TAKEN, *taken}
    found = []
    for name in names:
        word = _identifier(name)
        while word in words:
            word += "_"
        words.add(word)
        found.append(word)
    return found


def _identifier(name: str) -> str:
    # Python reads identifiers in this normal form, so that others would be one and the same.
    letters = unicodedata.normalize("NFKC", name)
    word = "".join(letter if f"_{letter}".isidentifier() else " " for letter in letters)
    word = unicodedata.normalize("NFKC", re.sub(" +", "_", word)).strip("_") or "x"
    return word if word.isidentifier() else f"_{word}"


def is_function_name(name: str) -> bool:
    """Tell whether a function of this name can be defined and hides nothing it may need."""
    return name.isidentifier() and unicodedata.normalize("NFKC", name) not in _TAKEN


_LATEX = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{letter: "\\" + letter for letter in "{}_%&#$"},
}


_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi chi psi omega"
).split()
_LETTER = "|".join(["[A-Za-z]", *_GREEK, *map(str.title, _GREEK), "Pi"])
_SHORT = re.compile(rf"(?:{_LETTER})(?:_?[0-9]+)?")


def is_short(name: str) -> bool:
    """Tell whether SymPy's LaTeX of a symbol is a letter, maybe with a number, as it should."""
    return _SHORT.fullmatch(name) is not None


def latex_text(name: str) -> str:
    """Return a name as text in LaTeX, on one line, with nothing in it that is a command."""
    return r"\text{" + _escaped(name) + "}"


def _escaped(name: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(_visible(name).split()))


def _visible(name: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in name)
