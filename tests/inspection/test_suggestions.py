"""Suggestions begin with the line where the rows say no more."""

import numpy as np

from sklearn_kan import KANRegressor
from sklearn_kan.inspection.edges import edges_of
from sklearn_kan.inspection.page.suggestions import suggestions_for
from sklearn_kan.inspection.subject import subject_of

from . import models


def fitted(function, noise, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1.0, 1.0, (200, 2))
    return KANRegressor((), random_state=0).fit(X, function(X[:, 0]) + noise * rng.normal(size=200))


def test_a_curve_that_may_be_a_line_begins_with_the_line():
    model, place = models.additive(), (0, 2, 0)
    found = model.suggest_symbolic(*place)
    assert found[0]["function"] == "x"
    assert found[0]["r2"] < found[1]["r2"] - 1e-3  # others follow the curve more closely
    assert len(found) == 5
    assert [record["function"] for record in found].count("x") == 1
    assert model.suggest_symbolic(*place, top=1)[0]["function"] == "x"
    subject = subject_of(model)
    (edge,) = (e for e in edges_of(subject) if e.place == place)
    assert suggestions_for(subject, edge)[0].name == "x"


def test_a_curve_that_is_none_does_not():
    found = fitted(lambda x: np.sin(3.0 * x), 0.1).suggest_symbolic(0, 0, 0)
    assert found[0]["function"] != "x"


def test_without_a_deviation_or_without_x_fits_are_ranked_as_they_are():
    model = models.one_hidden()
    assert model._predictive_ is None
    assert len(model.suggest_symbolic(0, 0, 0)) == 5
    noisy = fitted(lambda x: 2.0 * x, 1.0).set_params(symbolic_library=["sin", "exp"])
    names = [record["function"] for record in noisy.suggest_symbolic(0, 0, 0)]
    assert all("sin" in name or "exp" in name for name in names)


def test_two_values_make_a_line():
    model = models.additive()
    place = next(e.place for e in edges_of(subject_of(model)) if e.input == 1)
    assert model.suggest_symbolic(*place)[0]["function"] == "x"
