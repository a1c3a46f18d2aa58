"""Texts where there is little room: broken into lines, and shortened so that they stay apart."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import takewhile

# From a line of text to its width at font size 1.
Measure = Callable[[str], float]

# Lines end after these; and before and after letters that are as wide as they are high.
_WIDE = r"\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60"
_ENDS = r"\s_\-/.,:;|"
_PIECE = re.compile(f"[{_WIDE}]|[^{_ENDS}{_WIDE}]*[{_ENDS}]*")
_ELLIPSIS = "…"
_NARROWEST = 0.25  # the width of narrow letters at font size 1


def estimated(text: str) -> float:
    """Return about how wide a line of text is at font size 1."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return 0.6 * len(text) + 0.45 * wide


def one_line(name: str) -> str:
    """Return a name without line breaks, and with single spaces."""
    return " ".join(name.split())


def shortened(name: str, most: int) -> str:
    """Return a name on one line with at most so many characters, the middle left out."""
    name = one_line(name)
    if len(name) <= most:
        return name
    kept = max(most - 1, 1)
    tail = kept // 3
    return name[: kept - tail].rstrip() + _ELLIPSIS + (name[-tail:].lstrip() if tail else "")


def broken(text: str, width: float, measure: Measure) -> list[str]:
    """Return a text as lines of at most a width, broken between words as far as these fit."""
    lines, line = [], ""
    for piece in _pieces(text, width, measure):
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def words_fit(text: str, width: float, measure: Measure) -> bool:
    """Tell whether no word is wider than a line."""
    return all(measure(word.rstrip()) <= width for word in _PIECE.findall(text) if word)


def _pieces(text: str, width: float, measure: Measure) -> list[str]:
    """Return the words of a text, those wider than a line in parts."""
    pieces = []
    for word in _PIECE.findall(text):
        while len(word) > 1 and measure(word.rstrip()) > width:
            most = min(len(word), _most_letters(width))
            parts = [word[:size] for size in range(1, most)]
            most = bisect_right(parts, width, key=measure)
            pieces.append(word[: max(most, 1)])
            word = word[max(most, 1) :]
        pieces.append(word)
    return [piece for piece in pieces if piece]


def _most_letters(width: float) -> int:
    """Return more letters than a line has room for: hardly any is that narrow."""
    return int(width / _NARROWEST) + 2


def fitted(names: Sequence[str], width: float, n_lines: int, measure: Measure) -> list[str]:
    """Return names that fit into so many lines of a width; unlike ones stay unlike.

    Parameters
    ----------
    names : sequence of str
    width : float
        At font size 1.
    n_lines : int
    measure : callable
    """

    def fits(text: str) -> bool:
        if len(text) > n_lines * _most_letters(width):
            return False
        return len(broken(text, width, measure)) <= n_lines

    short = _apart([one_line(name) for name in names], fits)
    return ["\n".join(_balanced(name, width, measure)[:n_lines]) for name in short]


def _balanced(text: str, width: float, measure: Measure) -> list[str]:
    """Return the lines of a text, about equally long."""
    lines = broken(text, width, measure)
    narrow = width / len(lines)
    while len(lines) > 1 and narrow < width:
        trial = broken(text, narrow, measure)
        if len(trial) == len(lines) and words_fit(text, narrow, measure):
            return trial
        narrow *= 1.05
    return lines


def _apart(names: list[str], fits: Callable[[str], bool]) -> list[str]:
    """Shorten names; of those that would look alike, what they have in common goes first."""
    short = [_shortest_cut(name, fits) for name in names]
    alike: dict[str, set[str]] = defaultdict(set)
    for text, name in zip(short, names, strict=True):
        alike[text].add(name)
    for text, group in alike.items():
        whole = sorted(group)
        cores = _without_common(whole, fits) if len(whole) > 1 else whole
        if cores != whole:
            instead = dict(zip(whole, _apart(cores, fits), strict=True))
            short = [
                instead[name] if mine == text else mine
                for mine, name in zip(short, names, strict=True)
            ]
    return short


def _shortest_cut(name: str, fits: Callable[[str], bool]) -> str:
    """Return a name with as little left out of its middle as it takes to fit."""
    if fits(name):
        return name
    most = bisect_right(range(len(name)), 0, key=lambda size: not fits(_cut(name, size))) - 1
    return _cut(name, max(most, 1))


def _cut(name: str, most: int) -> str:
    return shortened(name, most).replace(2 * _ELLIPSIS, _ELLIPSIS)


def _without_common(names: list[str], fits: Callable[[str], bool]) -> list[str]:
    """Return names with less of what they have in common before and after, but what fits."""
    bare = [name.strip(_ELLIPSIS) for name in names]
    head = _count_common(bare)
    tail = _count_common([name[head:][::-1] for name in bare])
    if not head + tail:
        return names

    def with_around(size: int) -> list[str]:
        before = _whole_words(bare[0][:head], size)
        after = _whole_words(bare[0][len(bare[0]) - tail :][::-1], size)[::-1]
        return [f"{before}{name[head : len(name) - tail]}{after}" for name in bare]

    sizes = range(max(head, tail))
    most = bisect_right(sizes, 0, key=lambda size: not all(map(fits, with_around(size))))
    return with_around(max(most - 1, 0))


def _whole_words(text: str, most: int) -> str:
    """Return the end of a text from where a word begins, and that there is more before it."""
    if len(text) <= most:
        return text
    kept = text[len(text) - most :]
    start = re.search(f"[{_ENDS}]+", kept)
    return _ELLIPSIS + (kept[start.end() :] if start else "")


def _count_common(names: list[str]) -> int:
    """Return how many letters all names begin with."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return sum(1 for _ in same)
