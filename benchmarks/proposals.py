"""What each proposal contributes to default fits: its share, the loss without it, its time.

Over the tables of `tables.py`, on one split each: three quarters of the rows are fitted. A
proposal's CPU is that of the fits to all rows of the table, as a share of all of them; fits to
the rows of folds cost about four times as much in the same proportions. ``without`` is the mean
squared error, or log-loss, on the other rows without the proposal over that with it, the
geometric mean over tables. Run by hand:
``python benchmarks/proposals.py --task regression --most-rows 1500``.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import re
import time
import warnings
from dataclasses import dataclass, field
from unittest import mock

import numpy as np
import pandas as pd
from _tables import load_tables
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import train_test_split

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training.candidates import proposals

ALL = proposals.PROPOSALS


@dataclass
class Timed:
    """A proposal that counts the CPU seconds of its fits to all rows."""

    proposal: object
    seconds: float = 0.0
    variants: tuple = field(init=False)

    def __post_init__(self):
        self.variants = self.proposal.variants

    def is_worth_it(self, context):
        return self.proposal.is_worth_it(context)

    def fits(self, context, asked):
        began = time.process_time()
        found = self.proposal.fits(context, asked)
        if asked is None:
            self.seconds += time.process_time() - began
        return found


def name_of(proposal):
    return proposal.variants[0].name


def fitted(split, chosen_from, is_classes):
    """Return the loss on rows left out, the fit's last stage, and CPU seconds."""
    X, X_test, y, y_test = split
    model = (KANClassifier if is_classes else KANRegressor)(random_state=0)
    began = time.process_time()
    with mock.patch.object(proposals, "PROPOSALS", chosen_from), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
    seconds = time.process_time() - began
    if is_classes:
        loss = log_loss(y_test, model.predict_proba(X_test), labels=model.classes_)
    else:
        loss = mean_squared_error(y_test, model.predict(X_test)) / np.var(y_test)
    return loss, model.history_[-1]["stage"], seconds


def shares_of(stage):
    """Return the share of each fit, by its name, in what was chosen."""
    parts = stage.removeprefix("chosen: ").split(" + ")
    found = (re.fullmatch(r"(?:(\d\.\d\d) of )?(.*)", part).groups() for part in parts)
    return {name: float(share or 1.0) for share, name in found}


def measured(name, X, y, is_classes):
    """Yield a row of the table for each proposal that is made, and for the whole."""
    split = train_test_split(
        X, y, test_size=0.25, random_state=0, stratify=y if is_classes else None
    )
    timed = tuple(Timed(proposal) for proposal in ALL)
    loss, stage, seconds = fitted(split, timed, is_classes)
    shares = shares_of(stage)
    yield {"table": name, "proposal": "all", "loss": loss, "seconds": seconds}
    total = sum(one.seconds for one in timed)
    for one in timed:
        if not one.seconds:
            continue
        others = tuple(proposal for proposal in ALL if proposal is not one.proposal)
        without, _, seconds = fitted(split, others, is_classes)
        yield {
            "table": name,
            "proposal": name_of(one),
            "share": sum(shares.get(variant.name, 0.0) for variant in one.variants),
            "cpu": one.seconds / total,
            "loss": without,
            "without": without / loss,
            "seconds": seconds,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=["regression", "classification"], default="regression")
    parser.add_argument("--most-rows", type=int, default=1500)
    parser.add_argument("--tables", nargs="*")
    options = parser.parse_args()
    rows = []
    for name, X, y in load_tables(options.task, options.tables):
        if len(y) > options.most_rows:
            continue
        found = list(measured(name, X, y, options.task == "classification"))
        rows += found
        print(pd.DataFrame(found).round(3).to_string(index=False), flush=True)
    table = pd.DataFrame(rows).query("proposal != 'all'")
    table["without"] = np.log(table["without"])
    summary = table.groupby("proposal")[["share", "cpu", "without"]].mean()
    summary["without"] = np.exp(summary["without"])
    summary["tables"] = table.groupby("proposal").size()
    print(summary.sort_values("cpu").round(4).to_string())


if __name__ == "__main__":
    main()
