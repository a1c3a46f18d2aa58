"""Lines of `verbose` come while a fit goes on; callbacks of scikit-learn are told of it."""

import contextlib
import copy
import io
import pickle
from functools import cache

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.estimators.fitting.progress import HAS_CALLBACKS
from sklearn_kan.training.choice import automatic

needs_callbacks = pytest.mark.skipif(
    not HAS_CALLBACKS, reason="callbacks came with scikit-learn 1.9"
)
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (60, 2))
Y = X[:, 0] * X[:, 1] + 0.1 * RNG.normal(size=60)
LABELS = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 0] > 0.5)

SHORT = {"grid_size": (2, 4), "max_iter": 3, "random_state": 0}
FITS = {
    "automatic": KANRegressor(grid_size=4, random_state=0),
    "parallel": KANRegressor(grid_size=4, random_state=0, n_jobs=2),
    "fixed": KANRegressor((2,), n_init=2, **SHORT),
    "lbfgs": KANRegressor((2,), alpha=1.0, n_init=2, **SHORT),
    "strength": KANRegressor((2,), solver="lbfgs", **SHORT),
    "early": KANRegressor((2,), early_stopping=True, **SHORT),
    "adam": KANRegressor((2,), solver="adam", max_iter=4, random_state=0),
    "pruned": KANRegressor((2,), prune_threshold=0.01, **SHORT),
    "formula": KANRegressor((), symbolic=True, symbolic_library=["x", "exp"], **SHORT),
    "classes": KANClassifier((1,), **SHORT),
}


def fitted(model, *callbacks):
    target = LABELS if isinstance(model, KANClassifier) else Y
    model = clone(model)
    if callbacks:
        model.set_callbacks(*callbacks)
    return model.fit(X, target)


@cache
def quiet_state(kind):
    return state_of(fitted(FITS[kind]))


def state_of(model):
    """Return a fitted model as bytes, without its callbacks."""
    attributes = {name: value for name, value in vars(model).items() if name != "_skl_callbacks"}
    return {name: pickle.dumps(attributes[name]) for name in sorted(attributes)}


class Recorder:
    """A callback that notes the tasks it is told of, and may ask to stop after some of them."""

    max_propagation_depth = None

    def __init__(self, stops=""):
        self.stops, self.events = stops, []

    def setup(self, estimator, context):
        self.events.append(("setup", context.task_name))

    def teardown(self, estimator, context):
        self.events.append(("teardown", context.task_name))

    def on_fit_task_begin(self, estimator, context):
        self.events.append(("begin", context.task_name))

    def on_fit_task_end(self, estimator, context):
        self.events.append(("end", context.task_name))
        return context.task_name == self.stops

    def names(self, kind="end"):
        return [name for event, name in self.events if event == kind]


class Scorer(Recorder):
    """A callback that has the network of each task predict."""

    def __init__(self):
        super().__init__()
        self.scores = []

    def on_fit_task_end(self, estimator, context, *, X, y, metadata, fitted_estimator):
        super().on_fit_task_end(estimator, context)
        if fitted_estimator is not None:
            weights = (metadata or {}).get("sample_weight")
            self.scores.append((context.task_name, fitted_estimator.score(X, y, weights)))


@needs_callbacks
@pytest.mark.parametrize("kind", FITS)
def test_callbacks_change_nothing(kind):
    recorder, scorer = Recorder(), Scorer()
    model = fitted(FITS[kind], recorder, scorer)
    assert state_of(model) == quiet_state(kind)
    names = recorder.names()
    assert sorted(names) == sorted(recorder.names("begin"))
    assert names[-1] == "fit"
    assert recorder.events[0] == ("setup", "fit")
    assert recorder.events[-1] == ("teardown", "fit")
    assert len(names) > 3
    assert np.isfinite([score for _, score in scorer.scores]).all()
    assert scorer.scores[-1] == ("fit", fitted_score(model))


def fitted_score(model):
    return model.score(X, LABELS if isinstance(model, KANClassifier) else Y)


@needs_callbacks
def test_tasks_are_the_stages_of_the_fit():
    recorder = Recorder()
    fitted(FITS["lbfgs"], recorder)
    stage = ["iteration"] * 3
    start = [*stage, "grid of 2", *stage, "grid of 4", "start"]
    assert recorder.names() == [*start, *start, "fit"]
    recorder = Recorder()
    fitted(FITS["adam"], recorder)
    assert recorder.names() == ["iteration"] * 4 + ["start", "fit"]
    recorder = Recorder()
    fitted(FITS["pruned"], recorder)
    assert recorder.names()[-3:] == ["to convergence", "prune", "fit"]
    recorder = Recorder()
    model = fitted(FITS["automatic"], recorder)
    stages = [record["stage"] for record in model.history_[:-1]]
    names = [name for name in recorder.names() if name != "iteration"]
    assert set(stages) < set(names)
    assert names[-2:] == ["chosen", "fit"]


@needs_callbacks
def test_a_callback_stops_a_fit():
    model = fitted(FITS["adam"], Recorder(stops="iteration"))
    assert model.n_iter_ == 1
    model = fitted(FITS["lbfgs"], Recorder(stops="iteration"))
    assert model.n_iter_ == 2
    model = fitted(FITS["automatic"], Recorder(stops="additive"))
    assert len(model.network_.layers) == 1
    assert np.isfinite(model.predict(X)).all()


@needs_callbacks
def test_callbacks_live_on_in_copies():
    recorder = Recorder()
    model = fitted(FITS["adam"], recorder)
    assert not {"_callback_fit_ctx", "_skl_callbacks_to_teardown"} & set(vars(model))
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.predict(X).tobytes() == model.predict(X).tobytes()
    assert clone(model)._skl_callbacks == [recorder]
    model.set_callbacks()
    before = len(recorder.events)
    model.fit(X, Y)
    assert len(recorder.events) == before


@needs_callbacks
def test_a_fit_that_fails_is_torn_down():
    class Failing(Recorder):
        def on_fit_task_begin(self, estimator, context):
            super().on_fit_task_begin(estimator, context)
            if context.task_name == "iteration":
                raise OSError("full")

    failing = Failing()
    model = clone(FITS["adam"]).set_callbacks(failing)
    with pytest.raises(OSError, match="full"):
        model.fit(X, Y)
    assert failing.events[-1] == ("teardown", "fit")
    assert not hasattr(model, "network_")
    bad = Recorder()
    with pytest.raises(ValueError, match="inconsistent"):
        clone(FITS["adam"]).set_callbacks(bad).fit(X, Y[:-1])
    assert bad.events == []


@needs_callbacks
def test_what_is_no_callback_is_refused():
    with pytest.raises(TypeError, match="FitCallback"):
        KANRegressor().set_callbacks(print)


@needs_callbacks
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_searches_and_pipelines_pass_callbacks_on(n_jobs):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    grid = {"kanregressor__max_iter": [1, 2]}
    pipeline = make_pipeline(StandardScaler(), clone(FITS["adam"]))
    quiet = GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs).fit(X, Y)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        search = GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs)
        search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(X, Y)
    assert search.predict(X).tobytes() == quiet.predict(X).tobytes()
    assert "KANRegressor - fit" in shown.getvalue()


@needs_callbacks
@pytest.mark.parametrize("kind", ["automatic", "lbfgs", "fixed"])
def test_the_bar_is_filled(kind):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    with contextlib.redirect_stdout(io.StringIO()) as shown:
        fitted(FITS[kind], ProgressBar())
    lines = shown.getvalue().splitlines()
    assert any("KANRegressor - fit" in line and "100%" in line for line in lines)


@needs_callbacks
def test_scores_are_monitored_along_the_fit():
    from sklearn.callback import ScoringMonitor

    monitor = ScoringMonitor(scoring="r2")
    model = fitted(FITS["adam"], monitor)
    scores = {row["task_id_path"]: row["r2"] for row in monitor.get_logs().data}
    assert scores[(0,)] == model.score(X, Y)
    along = [scores[(0, 0, epoch)] for epoch in range(4)]
    assert along == sorted(along)
    assert len(set(along)) == 4


@needs_callbacks
def test_the_shim_has_all_that_the_mixin_has():
    from sklearn.callback import CallbackSupportMixin

    names = {name for name in vars(CallbackSupportMixin) if not name.startswith("__")}
    assert all(hasattr(KANRegressor, name) for name in names)


@pytest.mark.skipif(HAS_CALLBACKS, reason="scikit-learn has callbacks")
def test_without_callbacks_nothing_is_there():
    assert not hasattr(KANRegressor(), "set_callbacks")


@pytest.mark.parametrize("kind", FITS)
def test_nothing_is_printed_unless_asked_for(kind, capsys):
    quiet_state.__wrapped__(kind)
    assert capsys.readouterr() == ("", "")
    loud = fitted(clone(FITS[kind]).set_params(verbose=1))
    assert capsys.readouterr().out
    quiet, spoken = quiet_state(kind), state_of(loud)
    assert {name for name in quiet if quiet[name] != spoken[name]} == {"verbose"}


class Events(io.TextIOBase):
    """A stream that notes what is written between other events."""

    def __init__(self):
        super().__init__()
        self.events = []

    def write(self, text):
        if text.strip():
            self.events.append(text.strip())
        return len(text)


def test_lines_of_an_automatic_fit_come_while_it_goes_on(monkeypatch):
    stream, choose = Events(), automatic.choose

    def observed(*arguments):
        choice = choose(*arguments)
        stream.events.append("search ends")
        return choice

    monkeypatch.setattr(automatic, "choose", observed)
    with contextlib.redirect_stdout(stream):
        model = fitted(clone(FITS["automatic"]).set_params(verbose=1))
    end = stream.events.index("search ends")
    lines = [event.partition(":")[0] for event in stream.events[:end]]
    stages = [record["stage"] for record in model.history_[:-1]]
    assert [line for line in lines if line in stages] == stages
    assert [line for line in lines if "fold" in line] == [
        f"fold {number} of 4 left out" for number in range(1, 5)
    ]
    assert stream.events[end + 1].startswith("chosen: ")
    assert len(stream.events) == end + 2


def test_workers_print_nothing_the_parent_does(capfd):
    fitted(clone(FITS["automatic"]).set_params(verbose=1))
    alone = capfd.readouterr()
    fitted(clone(FITS["parallel"]).set_params(verbose=1))
    assert capfd.readouterr() == alone
    fitted(clone(FITS["lbfgs"]).set_params(verbose=1, n_jobs=2))
    lines = capfd.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["start 1", "start 2"]
