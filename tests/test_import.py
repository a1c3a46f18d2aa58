"""Importing the package is quick, silent and without traces."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_kan

SCRIPT = """
import json, pickle, random, sys
import numpy as np
import sklearn  # imports pandas by itself where it is installed

def random_states():
    return pickle.dumps((random.getstate(), np.random.get_state()))

def packages():
    return {name.partition(".")[0] for name in sys.modules}

states, loaded = random_states(), packages()
import sklearn_kan
print(json.dumps({
    "brought": sorted(packages() - loaded),
    "keeps_random_states": random_states() == states,
}))
"""
SLOW = {"IPython", "matplotlib", "mpmath", "pandas", "polars", "rich", "sympy", "torch"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("import")


@pytest.fixture(scope="module")
def process(folder):
    """A fresh interpreter in `folder`, on the package under test, wherever another is installed."""
    root = Path(sklearn_kan.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.fixture(scope="module")
def report(process):
    return json.loads(process.stdout.splitlines()[-1])


def test_import_leaves_slow_packages_alone(report):
    assert "sklearn_kan" in report["brought"]
    assert SLOW & set(report["brought"]) == set()


def test_import_is_silent(process):
    assert len(process.stdout.splitlines()) == 1
    assert process.stderr == ""


@pytest.mark.usefixtures("process")
def test_import_writes_no_file(folder):
    assert list(folder.iterdir()) == []


def test_import_leaves_global_random_states_alone(report):
    assert report["keeps_random_states"]
