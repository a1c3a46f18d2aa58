"""Edits in any order: what a model predicts is always its formula."""

import copy
import functools
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from numpy.testing import assert_allclose
from sklearn.base import clone

from sklearn_kan import KANClassifier, KANRegressor

LIBRARY = ["x", "x^2", "sin", "exp"]
FUNCTIONS = st.sampled_from([*LIBRARY, "tanh", "1/x", "log", "J0", "sqrt"])
NUMBERS = st.floats(-2.0, 2.0)


def rows_of(estimator):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1.0, 1.0, (80, 2)) * [1.0, 30.0] + [0.0, 100.0]
    y = np.sin(2.0 * X[:, 0]) + (X[:, 1] / 30.0 - 3.0) ** 2 + 0.05 * rng.normal(size=80)
    if isinstance(estimator, KANClassifier):
        return X, np.digitize(y, np.quantile(y, [0.3, 0.6]))
    if estimator.loss == "gamma":
        return X, np.exp(y)
    return (X, y) if estimator.loss == "huber" else (X, np.stack([y, 1e3 * X[:, 0]], axis=1))


ESTIMATORS = [
    KANRegressor((1,), loss="huber", grid_size=4, alpha=1.0, random_state=0),
    KANRegressor(((1, 1),), grid_size=4, alpha=1.0, random_state=0),
    KANRegressor((), loss="gamma", grid_size=4, random_state=0),
    KANClassifier((2,), grid_size=4, alpha=1.0, direct_edges=False, random_state=0),
]


@functools.cache
def fitted(index):
    estimator = clone(ESTIMATORS[index]).set_params(symbolic_library=LIBRARY)
    return estimator.fit(*rows_of(estimator))


class Edits(RuleBasedStateMachine):
    """Fix, unfix, set, prune, refine, symbolify, copy and fit again, in any order."""

    @initialize(index=st.integers(0, len(ESTIMATORS) - 1))
    def start(self, index):
        self.model = copy.deepcopy(fitted(index))
        self.X, self.y = rows_of(self.model)
        center = self.X.mean(axis=0)
        self.wider = center + 1.5 * (self.X - center)

    def place(self, data, *, present):
        layers = self.model.network_.all_layers
        places = [
            (k, int(i), int(j))
            for k, layer in enumerate(layers)
            for i, j in np.argwhere(layer.present if present else layer.present | True)
        ]
        return data.draw(st.sampled_from(places)) if places else None

    @rule(data=st.data(), function=st.sampled_from(LIBRARY))
    def fix(self, data, function):
        place = self.place(data, present=True)
        if place is not None:
            self.model.fix_symbolic(*place, function)

    @rule(data=st.data())
    def fix_a_suggestion(self, data):
        place = self.place(data, present=True)
        if place is not None:
            table = self.model.suggest_symbolic(*place, top=3)
            if len(table):
                self.model.fix_symbolic(*place, data.draw(st.sampled_from(list(table))))

    @rule(data=st.data())
    def unfix(self, data):
        layers = self.model.network_.all_layers
        places = [(k, e.input, e.output) for k, layer in enumerate(layers) for e in layer.curves]
        if places:
            self.model.unfix_symbolic(*data.draw(st.sampled_from(places)))

    @rule(data=st.data(), function=FUNCTIONS, numbers=st.tuples(*[NUMBERS] * 4))
    def set_edge(self, data, function, numbers):
        place = self.place(data, present=False)
        self.model.set_edge(*place, function, **dict(zip("abcd", numbers, strict=True)))

    @rule(threshold=st.floats(0.0, 0.2))
    def prune(self, threshold):
        self.model.prune_(threshold=threshold)

    @rule()
    def refine(self):
        grid_size = self.model.network_.grid_size
        if grid_size <= 4:
            self.model.refine_(2 * grid_size)

    @rule()
    def symbolify(self):
        self.model.symbolify()

    @rule()
    def symbolify_on_rows(self):
        self.model.symbolify(self.X, self.y)

    @rule(i=st.integers(0, 3))
    def choose(self, i):
        tables = self.model.formulas_
        tables = tables if isinstance(tables, list) else [tables]
        known = self.model._symbolic_
        if known is not None and known.fronts and i < len(tables[0]):
            self.model.choose_formula(i)

    @rule()
    def copies(self):
        self.model = pickle.loads(pickle.dumps(copy.deepcopy(self.model)))
        assert not hasattr(clone(self.model), "network_")

    @rule()
    def pass_over_rows(self):
        if self.model.network_.grid_size <= 4:
            self.model.partial_fit(self.X, self.y)

    @invariant()
    def the_formula_is_what_is_predicted(self):
        if not hasattr(self, "model"):
            return
        model = self.model
        for rows in (self.X, self.wider):
            predicted = model.predict(rows)
            if hasattr(model, "decision_function"):
                predicted = model.decision_function(rows)
            assert np.isfinite(predicted).all()
            values = model.to_callable()(rows)
            assert values.shape == predicted.shape
            defined = np.isfinite(values) & (np.abs(values) < 1e12)
            scale = np.abs(predicted[defined]).max(initial=0.0)
            assert_allclose(values[defined], predicted[defined], rtol=1e-8, atol=1e-9 * scale)

    @invariant()
    def what_is_said_of_the_network_fits_it(self):
        if not hasattr(self, "model"):
            return
        model, network = self.model, self.model.network_
        assert model.n_parameters_ == network.n_parameters
        assert len(model._adam_.first) == network.n_parameters
        for layer, moment, profile in zip(
            network.all_layers, model._moments_, model._profiles_, strict=True
        ):
            assert moment.mean.shape == (layer.n_inputs, layer.basis.n_features)
            assert profile.shape == (layer.n_inputs, 201)
            assert np.isfinite(profile).all()
        assert len(model.feature_importances_) == 2
        assert np.isfinite(model.feature_importances_).all()


Edits.TestCase.settings = settings(
    max_examples=12, stateful_step_count=6, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
TestEdits = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")(
    Edits.TestCase
)
