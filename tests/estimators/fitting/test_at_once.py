"""What changes a fitted estimator takes effect at once, or not at all."""

import copy
import pickle
import sys
import threading
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from sklearn_kan import KANClassifier, KANRegressor

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (40, 3))
Y = np.sin(3 * X[:, 0]) + X[:, 1]
OTHER = pd.DataFrame(RNG.uniform(50, 90, (40, 3)), columns=["a", "b", "c"])
OTHER_Y = 1e4 * OTHER["c"].to_numpy()
PARAMETERS = {"hidden_layer_sizes": (), "alpha": 1.0, "random_state": 0}


def fitted(**parameters):
    return KANRegressor(**{**PARAMETERS, **parameters}).fit(X, Y)


EDITS = {
    "fit": lambda m: m.fit(OTHER, OTHER_Y),
    "partial_fit": lambda m: m.partial_fit(X, Y),
    "prune_": lambda m: m.prune_(threshold=0.3),
    "refine_": lambda m: m.refine_(20),
    "refine_ on rows": lambda m: m.refine_(20, X, Y),
    "symbolify": lambda m: m.symbolify(),
    "fix_symbolic": lambda m: m.fix_symbolic(0, 0, 0, "sin"),
    "set_edge": lambda m: m.set_edge(0, 0, 0, "exp"),
}


class Interrupted(BaseException):
    """As KeyboardInterrupt, but nobody else's."""


def interrupted_after(n_lines, run):
    """Run, with an interrupt after so many lines of the estimators' modules; tell if it came."""
    left = n_lines

    def tracer(frame, event, argument):
        nonlocal left
        name = frame.f_globals.get("__name__", "")
        if not name.startswith("sklearn_kan.estimators."):
            return None
        if event == "line":
            left -= 1
            if left < 0:
                raise Interrupted
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        run()
    except Interrupted:
        return True
    finally:
        sys.settrace(before)
    return False


def state(model):
    return {name: pickle.dumps(value) for name, value in vars(model._fitted_).items()}


@pytest.mark.parametrize("name", EDITS)
def test_an_interrupt_leaves_the_old_model_or_the_new_one(name):
    model = fitted(symbolic_library=["x", "sin"])
    new = copy.deepcopy(model)
    EDITS[name](new)
    old = state(model)
    expected = (model.predict(X), copy.copy(new).predict(OTHER if name == "fit" else X))
    n_lines, came = 0, True
    while came:
        edited = copy.copy(model)
        came = interrupted_after(n_lines, lambda edited=edited: EDITS[name](edited))
        now = state(edited)
        if now != old:
            assert now == state(new)
            rows = OTHER if name == "fit" else X
            np.testing.assert_array_equal(edited.predict(rows), expected[1])
        n_lines = int(n_lines * 1.2) + 1
    assert n_lines > 20
    assert state(model) == old


@pytest.mark.parametrize("name", EDITS)
def test_edits_assign_one_attribute_once(name):
    assigned = []

    class Watched(KANRegressor):
        def __setattr__(self, attribute, value):
            if self is watched:
                assigned.append(attribute)
            super().__setattr__(attribute, value)

    watched = None
    watched = Watched(**PARAMETERS, symbolic_library=["x", "sin"]).fit(X, Y)
    EDITS[name](watched)
    assert assigned == ["_fitted_"]


@pytest.mark.parametrize("kind", [KANRegressor, KANClassifier])
def test_a_thread_that_predicts_meets_one_fit(kind):
    names = ["a", "b", "c"]
    tables = [pd.DataFrame(X, columns=names), OTHER]
    targets = [Y > 0, OTHER_Y > np.median(OTHER_Y)] if kind is KANClassifier else [Y, OTHER_Y]
    model = kind(**PARAMETERS)
    rows = tables[0]
    answers = [model.fit(*case).predict(rows) for case in zip(tables, targets, strict=True)]
    texts = [str(model.fit(*c).symbolic_formula_) for c in zip(tables, targets, strict=True)]
    wrong, served, stop = [], [0], threading.Event()

    def serve():
        while not stop.is_set():
            try:
                given = model.predict(rows)
                if not any(np.array_equal(given, answer) for answer in answers):
                    wrong.append("neither")
                if str(model.symbolic_formula_) not in texts:
                    wrong.append("no formula of either")
            except Exception as error:
                wrong.append(repr(error))
            served[0] += 1

    thread = threading.Thread(target=serve)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        thread.start()
        for turn in range(30):
            model.fit(tables[turn % 2], targets[turn % 2])
    finally:
        stop.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert served[0] > 3
    assert wrong == []


def test_fitted_attributes_are_of_the_last_fit():
    model = fitted()
    assert not hasattr(model, "feature_names_in_")
    model.fit(OTHER, OTHER_Y)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    model.fit(X[:, :2], Y)
    assert model.n_features_in_ == 2
    assert not hasattr(model, "feature_names_in_")
    assert list(vars(model).keys() - KANRegressor().get_params()) == ["_fitted_"]


def test_there_is_nothing_before_the_fit():
    model = KANRegressor()
    for name in ("network_", "n_features_in_", "feature_names_in_", "loss_curve_", "_encoding_"):
        assert not hasattr(model, name)
    with pytest.raises(NotFittedError, match="has no 'network_' yet: call 'fit'"):
        _ = model.network_
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    for method in ("prune_", "symbolify", "to_html", "to_callable"):
        with pytest.raises(NotFittedError):
            getattr(model, method)()
    check_is_fitted(fitted())


def test_the_record_does_not_change():
    model = fitted()
    record = model._fitted_
    with pytest.raises(FrozenInstanceError):
        record.network = None
    network = model.refine_(20).network_
    assert record.network is not network
    model.network_ = record.network
    assert model.network_ is record.network
    assert model._fitted_ is not record
    del model.pruning_report_
    assert not hasattr(model, "pruning_report_")
    with pytest.raises(AttributeError, match="pruning_report_"):
        del model.pruning_report_


def test_attributes_that_lie_deeper_are_set_and_deleted_too():
    model = fitted()
    record = model._fitted_
    model.feature_names_in_ = np.array(["a", "b", "c"], dtype=object)
    assert "phi_0_1_0(b)" in str(model.symbolic_formula_)
    assert record.columns.names is None
    assert record.columns is not model._fitted_.columns
    again = pickle.loads(pickle.dumps(model))
    del again.feature_names_in_
    assert not hasattr(pickle.loads(pickle.dumps(again)), "feature_names_in_")
    with pytest.raises(NotFittedError, match="cannot be set before 'fit'"):
        KANRegressor().network_ = model.network_


def test_formulas_do_not_ask_how_edits_learn():
    model = fitted(symbolic_library=["x"]).set_params(alpha="wild", tol="wild", max_iter=0)
    model.symbolify(X, X[:, 0])
    assert str(model.symbolic_formula_) == "x0"
