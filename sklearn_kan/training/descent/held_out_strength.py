"""One strength for all penalties, where the evidence is too dear: rows held out choose it.

From stiff to relaxed, each fit going on from the last: that is quick, and early fits cannot end
where only a weak penalty would hold them (`evidence` begins stiff for the same reason). And from
relaxed to stiff: a stiff fit may end where all hidden curves are flat, which no later one leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...network import Network
from ..initial.network import initial_network
from ..objective.folds import row_folds
from ..objective.objective import Rows, mean_loss
from ..report.history import Record
from ..report.progress import SILENT, Progress
from .restarts import Task, fit_once

# Strengths that are tried.
_PATH = (100.0, 10.0, 1.0, 0.1, 0.01)
# One fold in so many judges; a fold has at most so many rows, and the others three times as many.
_FOLDS, _MOST_JUDGES = 4, 1000
# Iterations at each strength.
_ITER = 150
# Held-out losses above the best one by this factor end the path.
_TURNED = 1.05
# Fewer rows than this cannot judge.
_FEWEST_ROWS = 40


def with_held_out_alpha(task: Task, seed: np.random.SeedSequence) -> Task:
    """Return the task with the strength whose fit to some of the rows does best on others.

    Parameters
    ----------
    task : Task
        For L-BFGS, without a start.
    seed : SeedSequence
        For the folds and the start.

    Returns
    -------
    Task
        It starts where the path has come to with that strength. Unchanged where rows are too
        few to judge.
    """
    fold_seed, start_seed = seed.spawn(2)
    rows, plan = task.rows, task.plan
    if rows.total_weight < _FEWEST_ROWS:
        return task
    rng = np.random.default_rng(start_seed)
    bias = plan.loss.best_constant(rows.y, rows.weights)
    last = plan.grid_sizes[-1:]
    architecture = replace(task.architecture, grid_size=last[0])
    network = initial_network(architecture, rows, bias, rng)  # its grids reach all rows
    fitted, judges = _parts(rows, np.random.default_rng(fold_seed))
    search = task.progress.begin("strength", 2 * len(_PATH))
    brief = replace(plan, grid_sizes=last, max_iter=min(plan.max_iter, _ITER))
    trial = replace(task, rows=fitted, plan=brief, progress=SILENT)
    walk = _Walk(trial, judges, start_seed, search)
    both = [walk.along(path, network) for path in (_PATH, _PATH[::-1])]
    best = min(both, key=lambda found: found.risk)
    search.end()
    if best.network is None:
        return task
    stage = replace(plan, alpha=best.alpha, grid_sizes=last)
    return replace(task, plan=stage, start=best.network)


@dataclass(frozen=True, eq=False)
class _Found:
    """The best strength on a path, its fit, and the loss of that on the rows that judge."""

    alpha: float = np.nan
    network: Network | None = None
    risk: float = np.inf


@dataclass(eq=False)
class _Walk:
    """Fits at one strength after the other, each from where the last has come to."""

    trial: Task
    judges: Rows
    seed: np.random.SeedSequence
    search: Progress
    asked_to_stop: bool = False

    def along(self, path: Sequence[float], network: Network) -> _Found:
        """Return the best of a path, which ends where the loss has turned."""
        best = _Found()
        for alpha in path:
            if self.asked_to_stop:
                break
            part = self.search.begin("fit")
            plan = replace(self.trial.plan, alpha=alpha)
            fit = fit_once(replace(self.trial, plan=plan, start=network), self.seed)
            network = fit.network
            risk = mean_loss(network, self.judges, plan.loss)
            note = Record(f"strength {alpha:g}", fit.outcome.n_iter, fit.outcome.value)
            self.asked_to_stop = part.end(note, network)
            if risk < best.risk:
                best = _Found(alpha, network, risk)
            elif not risk < _TURNED * best.risk:
                break
        return best


def _parts(rows: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Return rows to fit and rows to judge; equal rows are on one side."""
    n_folds = max(_FOLDS, -(-len(rows.x) // _MOST_JUDGES))
    fold = row_folds(rows, n_folds, rng)
    return rows.take((fold > 0) & (fold < _FOLDS)), rows.take(fold == 0)
