"""What pages and CONTRIBUTING.md say of files and rooms is so."""

import re
from pathlib import Path

import pytest

import sklearn_kan

from .test_floors import ROOMS, room_of

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "doc").glob("*.rst")),
    *sorted((ROOT / "doc" / "guide").glob("*.rst")),
]
# Names of files in code, perhaps with a function of the file after a colon; folders end in a slash.
NAMED = re.compile(
    r"`(?P<path>[\w./-]+(?:\.(?:py|rst|md|cfg|toml|yml|css|js|html)|/))(?::+ ?[\w.]+)?`"
)
# Pages name files from the top of the checkout, those of the package from the top of the package.
TOPS = [ROOT, ROOT / "sklearn_kan"]
MADE_BY_SPHINX = {"doc/_build/"}

pytestmark = pytest.mark.skipif(not (ROOT / "doc").exists(), reason="needs a whole checkout")


def named_in(text):
    return {found["path"] for found in NAMED.finditer(text)} - MADE_BY_SPHINX


def missing(names):
    return sorted(name for name in names if not any((top / name).exists() for top in TOPS))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_pages_name_are_there(page):
    assert missing(named_in(page.read_text("utf-8"))) == []


def test_names_of_files_are_found():
    text = "``network/grids.py``, `tests/` and ``network/basis.py: local_polynomials``; ``a.py``"
    assert named_in(text) == {"network/grids.py", "tests/", "network/basis.py", "a.py"}
    assert missing(named_in(text)) == ["a.py"]


def rooms_with_folders():
    rooms = {room for room in ROOMS.split() if (ROOT / "sklearn_kan" / path_of(room)).is_dir()}
    return {room for room in rooms if not any(other.startswith(f"{room}.") for other in rooms)}


def path_of(room):
    return room.replace(".", "/")


@pytest.mark.parametrize(
    ("page", "quote"), [("CONTRIBUTING.md", "`"), ("doc/design.rst", "``")], ids=str
)
def test_each_room_has_its_row(page, quote):
    text = (ROOT / page).read_text("utf-8")
    expected = {f"{quote}{path_of(room)}/{quote}" for room in rooms_with_folders()}
    assert {name for name in expected if name not in text} == set()


def test_tests_are_in_the_rooms_of_what_they_test():
    folders = {
        path.parent.relative_to(ROOT / "tests").as_posix().replace("/", ".")
        for path in (ROOT / "tests").rglob("test_*.py")
    } - {"", "."}
    unknown = {folder for folder in folders if room_of(f"sklearn_kan.{folder}") != folder}
    assert unknown <= {"estimators"}  # where both estimators as wholes are tested


def test_the_version_to_cite_is_this_one():
    assert f"version: {sklearn_kan.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
