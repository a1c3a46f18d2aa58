"""What pruning is made of: matched strengths, smaller shapes, trials, retraining."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training.descent.schedule import Plan
from sklearn_kan.training.evidence.resume import fitted_under_evidence, placed_state
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import mean_loss
from sklearn_kan.training.pruning.retraining import retrained, thinned
from sklearn_kan.training.pruning.smaller_shapes import Shape, full_edges, shape_of, smaller_shapes
from sklearn_kan.training.pruning.trials import Trial, sparser, without_curves
from sklearn_kan.training.pruning.under_evidence import (
    PruningPlan,
    can_use_evidence,
    pruned_under_evidence,
)
from sklearn_kan.training.summaries.moments import node_moments
from tests.curves import with_curves
from tests.networks import NETWORKS, build, make_rows
from tests.training.charts import SHAPES, make_network
from tests.training.evidence.test_elimination import sparse_rows
from tests.training.grown import additive_fit
from tests.training.rows import smooth_rows

LOSS = SquaredError()


@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
def test_a_resumed_network_is_the_same_function(hidden, direct):
    rows = smooth_rows(n=150, p=3, weighted=True)
    network = make_network(hidden, direct, rows)
    state = placed_state(network, rows, LOSS)
    wanted = predict(network, rows.x)
    assert_allclose(predict(state.network, rows.x), wanted, atol=1e-8 * np.abs(wanted).max())
    for strengths in (state.strengths.roughness, state.strengths.ridge):
        assert (strengths > 0).all()
        assert np.isfinite(strengths).all()


def test_matched_strengths_are_near_those_of_the_evidence():
    """The log-evidence at once is what many steps would find, but for a few nats."""
    rows = sparse_rows(n=300)
    state, _ = additive_fit(rows, max_iter=60)
    start = Trial(
        fitted_under_evidence(placed_state(state.network, rows, LOSS), rows, LOSS, 0, 0.1)
    )
    later = Trial(fitted_under_evidence(start.state, rows, LOSS, 30, 1e-3))
    assert start.log_evidence > later.log_evidence - 15.0


@pytest.mark.parametrize("network", [case for case in NETWORKS if case.id != "no-edge-at-all"])
def test_smaller_shapes_have_fewer_edges_and_come_in_order(network):
    value = network
    own = full_edges(shape_of(value), value.n_inputs, value.n_outputs)
    sizes = [full_edges(s, value.n_inputs, value.n_outputs) for s in smaller_shapes(value)]
    assert sizes == sorted(sizes)
    assert all(size < own for size in sizes)
    if len(value.layers) == 1:
        assert sizes == []


def test_shapes_of_two_wide_layers_begin_with_the_simplest():
    network = build(2, 6, 6, 1)
    shapes = smaller_shapes(network)
    assert shapes[:3] == [
        Shape((), True),
        Shape(((1, 0),), False),
        Shape(((2, 0),), False),
    ]
    assert Shape(((2, 0), (1, 0)), False) in shapes
    assert not any(shape.direct and shape.hidden for shape in shapes)
    assert not any(products for shape in shapes for _, products in shape.hidden)


def test_product_nodes_are_tried_where_there_are_some():
    shapes = smaller_shapes(build(2, (2, 2), 1, direct=True))
    assert Shape(((0, 1),), False) in shapes
    assert Shape(((0, 1),), True) in shapes


@pytest.mark.parametrize("seed", range(3))
def test_edges_go_until_the_evidence_falls(seed):
    rows = sparse_rows(seed=seed)
    state, _ = additive_fit(rows, max_iter=60)
    start = Trial(fitted_under_evidence(state, rows, LOSS, 0, 0.1))
    trial = sparser(start, rows, LOSS)
    kept = trial.network.layers[0].edges[:, 0]
    assert kept[:2].all()
    assert kept[2:].sum() <= 1  # noise may look like a curve, by chance
    assert {step.input for step in trial.steps} == set(np.flatnonzero(~kept))
    assert [step.n_edges for step in trial.steps] == [4, 3, 2][: len(trial.steps)]
    assert trial.log_evidence >= start.log_evidence - 3.0
    last = trial.steps[-1]
    assert_allclose(last.loss, mean_loss(trial.network, rows, LOSS), rtol=0.05)


def test_curves_go_where_they_do_nothing():
    rows = sparse_rows(n=300, noise=0.1)
    state, _ = additive_fit(rows, max_iter=60)
    network = with_curves(state.network, share=0.5, keep=False)
    places = {(edge.input, edge.output) for edge in network.layers[0].curves}
    trial = Trial(fitted_under_evidence(placed_state(network, rows, LOSS), rows, LOSS, 10, 0.1))
    after = without_curves(trial, rows, LOSS)
    left = {(edge.input, edge.output) for edge in after.state.network.layers[0].curves}
    assert left <= places
    gone = {(step.input, step.output) for step in after.steps}
    assert left | gone == places
    assert not left & gone


def test_thinning_reports_the_loss_after_each_edge():
    network = build(3, 3, 1, direct=True)
    x = make_rows(network, 80, spread=0.8)
    rows = replace(smooth_rows(n=80, p=3), x=x)
    found = thinned(network, rows, LOSS, 0.2)
    assert len(found.steps) > 1
    assert_allclose(found.steps[-1].loss, mean_loss(found.network, rows, LOSS), rtol=1e-9)
    assert [s.importance for s in found.steps] == sorted(s.importance for s in found.steps)


@pytest.mark.parametrize("threshold", [0.02, 10.0])
def test_retraining_keeps_what_matters(threshold):
    """A threshold that takes too much is lowered."""
    rows = sparse_rows(n=200, noise=0.2)
    state, _ = additive_fit(rows, max_iter=60)
    found = retrained(state.network, rows, Plan(LOSS, (10,), alpha=1.0, max_iter=50), threshold)
    assert found.network.layers[0].edges[:2, 0].all()
    before = mean_loss(state.network, rows, LOSS)
    assert mean_loss(found.network, rows, LOSS) < 1.3 * before


def test_a_part_of_many_rows_is_searched_and_all_are_fitted(monkeypatch):
    from sklearn_kan.training.pruning import under_evidence as pruning

    monkeypatch.setattr(pruning, "_ROWS_TO_SEARCH", 150)
    rows = sparse_rows(n=400)
    state, _ = additive_fit(rows, max_iter=60)
    plan = PruningPlan(LOSS, Architecture(), np.random.SeedSequence(0))
    assert can_use_evidence(state.network, rows)
    pruned = pruned_under_evidence(state.network, rows, plan)
    assert pruned.state is not None
    (moments,) = node_moments(pruned.network, rows)
    centred = pruned.state.chart.coordinates[0].center
    expected = moments.mean.reshape(-1) @ pruned.state.chart.coordinates[0].maps
    assert_allclose(centred, expected, atol=1e-8)
    assert pruned.network.n_edges == 2
