"""Tables that the tests share, and what reads the lines of an error and runs them."""

import numpy as np
import pandas as pd
import pytest

from sklearn_kan import KANRegressor

N = 24
RNG = np.random.default_rng(0)
AGE = RNG.uniform(18, 80, N)
Y = np.sin(AGE / 10) + 0.1 * RNG.standard_normal(N)
SEX = np.array(["male", "female"])[np.arange(N) % 2]
LABELS = np.arange(N) % 2
DAYS = pd.date_range("2024-01-30", periods=N)


def additive():
    return KANRegressor((), alpha=1.0)


def frame(**columns):
    return pd.DataFrame({"age": AGE, **columns})


def with_gaps(values, gap, every=5):
    """The values as objects, every so many of them missing."""
    objects = np.array(list(values), dtype=object)
    objects[::every] = gap
    return objects


def message_of(X, y=Y, model=None):
    with pytest.raises((TypeError, ValueError)) as caught:
        (model or additive()).fit(X, y)
    return str(caught.value)


def run(message, X, y=Y):
    """Run the lines in a message as a user would, then fit what they make; return predictions."""
    lines = "\n".join(line[4:] for line in message.splitlines() if line.startswith("    "))
    assert lines, message
    scope = {"X": X, "KANRegressor": KANRegressor}
    exec(lines, scope)
    model = scope.get("model", KANRegressor())
    quick = {name: 1.0 for name in model.get_params() if name.split("__")[-1] == "alpha"}
    predicted = model.set_params(**quick).fit(scope["X"], y).predict(scope["X"])
    assert np.isfinite(predicted).all()
    return predicted
