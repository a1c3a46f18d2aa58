"""Texts in little room: nothing too wide, nothing lost without need, nothing mixed up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_kan.inspection.fitting import broken, estimated, fitted, shortened
from sklearn_kan.inspection.labels import Labels

NAMES = st.text(st.sampled_from("abWi _-/.µ温 "), min_size=1, max_size=60)


@given(NAMES, st.floats(2.0, 40.0))
def test_lines_hold_the_whole_text_and_are_no_wider(name, width):
    lines = broken(name, width, estimated)
    assert "".join("".join(lines).split()) == "".join(name.split())
    assert all(estimated(line) <= width for line in lines)


@given(st.lists(NAMES, min_size=1, max_size=6), st.floats(3.0, 40.0), st.integers(1, 4))
def test_fitted_names_fit(names, width, n_lines):
    for name, text in zip(names, fitted(names, width, n_lines, estimated), strict=True):
        lines = text.split("\n")
        assert len(lines) <= n_lines
        assert all(estimated(line) <= width for line in lines)
        if len(broken(" ".join(name.split()), width, estimated)) <= n_lines:
            assert "".join(text.split()) == "".join(name.split())


@pytest.mark.parametrize("width", [5.0, 8.0, 12.0])
@pytest.mark.parametrize("n_lines", [1, 2])
def test_what_is_alike_is_left_out_of_long_names_that_are(width, n_lines):
    what = ("oxygen", "nitrate", "phosphate", "chloride")
    names = [f"mean concentration of dissolved {w} at the lower station in mg/l" for w in what]
    found = fitted([*names, "time"], width, n_lines, estimated)
    assert len(set(found)) == 5
    assert all(w[:3] in text for w, text in zip(what, found, strict=False))
    assert found[-1] == "time"


def test_names_that_only_end_unlike():
    found = fitted([f"{'column ' * 9}{i}" for i in range(3)], 6.0, 1, estimated)
    assert [text[-1] for text in found] == ["0", "1", "2"]
    assert fitted(["same " * 9] * 2, 6.0, 1, estimated)[0] == shortened("same " * 9, 10)
    assert fitted([], 6.0, 1, estimated) == []


def test_words_are_broken_only_where_they_must():
    assert broken("one two_three", 4.0, estimated) == ["one", "two_", "three"]
    assert broken("supercalifragilistic", 6.0, estimated) == ["supercalif", "ragilistic"]
    assert fitted(["a node of a layer"], 7.0, 2, estimated) == ["a node of\na layer"]


@pytest.mark.parametrize(("across", "upright"), [(600.0, False), (200.0, False), (60.0, True)])
def test_labels_take_the_room_there_is(across, upright):
    labels = Labels(["bill length", "bill depth", "species"], across, 100.0, estimated)
    assert labels.upright is upright
    room = across / 3 if not upright else 100.0
    for name in labels.names:
        for line in name.split("\n"):
            assert estimated(line) * labels.size <= room
        high = labels.size * (estimated(name) if upright else 1.25 * (name.count("\n") + 1))
        assert high <= labels.height + 1e-9
    level = Labels(["long name"] * 9, 90.0, 50.0, estimated, may_be_upright=False)
    assert not level.upright
