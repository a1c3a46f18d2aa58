"""Fits keep their promises to those who listen, who change nothing unless they ask to stop."""

from dataclasses import replace

import numpy as np
import pytest

from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.choice.automatic import count_parts, fit_automatic
from sklearn_kan.training.descent.held_out_strength import with_held_out_alpha
from sklearn_kan.training.descent.restarts import MiniBatches, Task, fit_best
from sklearn_kan.training.descent.schedule import Plan
from sklearn_kan.training.given.fit import FixedPlan, count_fixed_parts, fit_fixed
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.report.history import Record
from sklearn_kan.training.report.progress import SILENT
from tests.training.grown import product_rows
from tests.training.listeners import Listener

ROWS, _ = product_rows(n=90, p=2, noise=0.1, seed=0)
MANY, _ = product_rows(n=4000, p=2, noise=0.1, seed=0)
SETTINGS = Settings(SquaredError(), Architecture(grid_size=4), n_folds=2)
PLAN = FixedPlan(SquaredError(), Architecture(((2, 0),)), (2, 4), max_iter=3)
TASK = Task(ROWS, None, Architecture(((2, 0),)), Plan(SquaredError(), (2, 4), max_iter=25))


def automatic(progress, rows=ROWS, **options):
    settings = replace(SETTINGS, progress=progress, **options)
    return fit_automatic(rows, settings, np.random.SeedSequence(0)).mixture(rows).state.network


def fixed(progress, n_jobs=1):
    plan = replace(PLAN, progress=progress)
    return fit_fixed(plan, ROWS, np.random.SeedSequence(0).spawn(2), n_jobs).network


def started(progress, n_jobs=1, **options):
    task = replace(TASK, progress=progress, **options)
    return fit_best(task, np.random.SeedSequence(0).spawn(3), n_jobs).network


def held_out(progress):
    task = with_held_out_alpha(replace(TASK, progress=progress), np.random.SeedSequence(0))
    return fit_best(task, np.random.SeedSequence(0).spawn(1), 1).network


ALL = count_parts(SETTINGS)
FITS = {
    "automatic": (automatic, ALL),
    "automatic, in parallel": (lambda told: automatic(told, n_jobs=2), ALL),
    "automatic, many rows": (lambda told: automatic(told, MANY), ALL),
    "additive": (
        lambda told: automatic(told, MANY, grows=False),
        count_parts(replace(SETTINGS, grows=False)),
    ),
    "fixed": (fixed, count_fixed_parts(PLAN)),
    "fixed, in parallel": (lambda told: fixed(told, 2), count_fixed_parts(PLAN)),
    "lbfgs": (started, 3),
    "lbfgs, in parallel": (lambda told: started(told, 2), 3),
    "adam": (lambda told: started(told, batches=MiniBatches(30, 0.01)), 3),
    "strength": (held_out, 2),
}


@pytest.mark.parametrize("kind", FITS)
def test_parts_nest_are_as_few_as_promised_and_change_nothing(kind):
    fit, most = FITS[kind]
    listener = Listener(most=most)
    network = fit(listener)
    assert listener.children
    assert listener.notes
    assert listener.open == []
    assert fit(SILENT).theta.tobytes() == network.theta.tobytes()


def test_in_parallel_the_same_stages_are_told():
    alone, together = Listener(), Listener()
    automatic(alone)
    automatic(together, n_jobs=2)
    assert alone.notes == together.notes
    starts = [Listener(), Listener()]
    for n_jobs, listener in enumerate(starts, start=1):
        started(listener, n_jobs)
    ends = [
        [note for note in told.notes if isinstance(note, Record) and note.stage[:5] == "start"]
        for told in starts
    ]
    assert ends[0] == ends[1] == starts[1].notes
    assert len(ends[0]) == 3


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        ("additive", ["additive"]),
        ("a curve of a sum of curves", ["additive", "a curve of a sum of curves"]),
        ("1 node", ["additive", "a curve of a sum of curves", "1 node", "1 node, curved"]),
    ],
)
def test_an_automatic_fit_asked_to_stop_grows_no_further(stops, expected):
    listener = Listener(stops=stops)
    automatic(listener)
    names = [name for name in listener.children if name not in ("folds", "fewer edges")]
    assert names == expected


def test_other_fits_stop_where_they_are_asked_to():
    listener = Listener(stops="hidden nodes 1")
    fixed(listener)
    assert listener.children == ["hidden nodes 1", "to convergence"]
    listener = Listener(stops="start")
    started(listener)
    assert listener.children == ["start"]
    listener = Listener(stops="iteration")
    started(listener, batches=MiniBatches(30, 0.01))
    assert len([note for note in listener.notes if not isinstance(note, Record)]) == 3
