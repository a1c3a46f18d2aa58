"""Edges leave where the evidence is better without them: beside exact refits."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training.evidence import elimination
from sklearn_kan.training.evidence.elimination import edge_blocks, eliminate, without_idle_edges
from sklearn_kan.training.evidence.gauss_newton import posterior_of
from sklearn_kan.training.objective.objective import Rows
from tests.training.charts import SHAPES, make_rows, make_state
from tests.training.coordinates.test_demmler_reinsch import columns_at
from tests.training.grown import additive_fit


def sparse_rows(n=200, p=5, q=1, noise=0.5, seed=0):
    """Return rows of two columns' curves; the others do not matter."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, p))
    truth = np.sin(1.5 * x[:, :1]) + 0.7 * x[:, 1:2] ** 2
    y = truth * np.linspace(1.0, -1.0, q) + noise * rng.normal(size=(n, q))
    return Rows(x, (y - y.mean(axis=0)) / y.std(axis=0), np.ones(n))


def settled(rows, **options):
    """Return the additive fit with the posterior at its very point."""
    state, problem = additive_fit(rows, max_iter=100, **options)
    return replace(state, posterior=posterior_of(problem, state))


def exact(state, rows, left_out=()):
    """Return the penalised optimum without some entries of beta, and its log-evidence.

    One output; at the state's strengths and dispersion, up to what all subsets share.
    """
    chart = state.chart
    columns = columns_at(chart.coordinates[0], chart.network.layers[0].basis, rows.x)
    design = np.column_stack([columns, np.ones(len(columns))])
    penalty = state.strengths.diagonal(chart.roughness())
    kept = np.setdiff1d(np.arange(len(penalty)), left_out)
    design, penalty = design[:, kept], penalty[kept]
    hessian = design.T @ design + np.diag(penalty)
    best = np.linalg.solve(hessian, design.T @ rows.y[:, 0])
    residual = rows.y[:, 0] - design @ best
    objective = 0.5 * residual @ residual + 0.5 * best @ (penalty * best)
    log_prior = np.log(penalty[penalty > 0]).sum()
    evidence = 0.5 * (log_prior - np.linalg.slogdet(hessian)[1])
    beta = np.zeros(len(state.beta))
    beta[kept] = best
    return beta, evidence - objective / state.posterior.dispersion


def test_gains_and_weights_are_those_of_exact_refits():
    """Each in turn: those before are gone already."""
    rows = sparse_rows()
    state = settled(rows)
    blocks = edge_blocks(state.chart)
    smaller, removals = eliminate(state)
    assert len(removals) >= 2
    gone = np.zeros(0, int)
    before = exact(state, rows)[1]
    for removal in removals:
        gone = np.r_[gone, blocks[0, removal.input, removal.output]]
        after = exact(state, rows, gone)[1]
        assert_allclose(removal.gain, after - before, rtol=1e-6, atol=1e-6)
        before = after
    wanted = exact(state, rows, gone)[0]
    kept = np.setdiff1d(np.arange(len(wanted)), gone)
    assert_allclose(smaller.beta, wanted[kept], atol=1e-6)


def test_the_largest_gain_goes_first_and_none_is_left():
    rows = sparse_rows()
    state = settled(rows)
    blocks = edge_blocks(state.chart)
    _, removals = eliminate(state)
    base = exact(state, rows)[1]
    gains = {edge: exact(state, rows, block)[1] - base for edge, block in blocks.items()}
    first = removals[0]
    assert max(gains, key=gains.get) == (first.layer, first.input, first.output)
    gone = np.concatenate([blocks[r.layer, r.input, r.output] for r in removals])
    base = exact(state, rows, gone)[1]
    for edge, block in blocks.items():
        if edge[1] not in {removal.input for removal in removals}:
            assert exact(state, rows, np.r_[gone, block])[1] < base


@pytest.mark.parametrize("seed", range(4))
def test_relevant_columns_stay_and_others_go(seed):
    smaller, removals = eliminate(settled(sparse_rows(seed=seed)))
    edges = smaller.chart.edges(0)[:, 0]
    assert edges[:2].all()
    assert len(removals) == (~edges).sum() >= 2
    assert smaller.chart.size == len(smaller.beta) == len(smaller.strengths.group)


def test_an_edge_goes_for_one_output_alone():
    rows = sparse_rows(noise=0.3)
    other = np.cos(2.0 * rows.x[:, 2:3]) + 0.3 * np.random.default_rng(5).normal(size=(200, 1))
    rows = replace(rows, y=np.column_stack([rows.y, other]))
    smaller, removals = eliminate(settled(rows))
    edges = smaller.chart.edges(0)
    assert edges[:2, 0].all()
    assert edges[2, 1]
    assert {removal.output for removal in removals} == {0, 1}
    gone = {(removal.input, removal.output) for removal in removals}
    assert gone == set(zip(*np.nonzero(~edges), strict=True))
    assert not smaller.network.layers[0].weights.transpose(0, 2, 1)[~edges].any()


def test_a_high_bar_keeps_every_edge_and_prediction():
    rows = sparse_rows()
    state = settled(rows)
    same, removals = eliminate(state, least_gain=1e6)
    assert removals == []
    assert_allclose(predict(same.network, rows.x), predict(state.network, rows.x), rtol=1e-14)


def test_without_a_posterior_nothing_goes():
    state = replace(settled(sparse_rows()), posterior=None)
    assert eliminate(state) == (state, [])


@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
def test_edge_blocks_part_the_coordinates_of_any_network(hidden, direct):
    state = make_state(hidden, direct, make_rows(q=2))
    chart = state.chart
    blocks = edge_blocks(chart)
    places = np.concatenate(list(blocks.values()))
    assert len(np.unique(places)) == len(places)
    assert set(places) == set(np.flatnonzero(state.strengths.group >= 0))
    for (layer, i, o), block in blocks.items():
        beta = np.zeros(chart.size)
        beta[block] = 1.0
        matrices = chart.matrices(beta)
        mine = chart.coordinates[layer].node == i
        assert matrices[layer][mine, o].sum() == len(block)


def test_without_idle_edges_the_evidence_is_higher():
    state, problem = additive_fit(sparse_rows())
    smaller = without_idle_edges(problem, state, 10, 1e-4)
    edges = smaller.chart.edges(0)[:, 0]
    assert edges[:2].all()
    assert not edges[2:].all()
    assert smaller.posterior.log_evidence > posterior_of(problem, state).log_evidence
    assert_allclose(
        smaller.posterior.log_evidence, posterior_of(problem, smaller).log_evidence, rtol=1e-12
    )
    assert without_idle_edges(problem, smaller, 10, 1e-4).beta.size == smaller.beta.size


def test_of_many_edges_one_for_each_node_goes_at_a_time(monkeypatch):
    """What stays is what stays where they go one by one; the steps are as many as edges."""
    state = settled(sparse_rows(p=6, q=3))
    alone, one_by_one = eliminate(state)
    monkeypatch.setattr(elimination, "_MANY_EDGES", 1)
    betas = []
    together, removals = eliminate(state, on_removal=betas.append)
    assert len(removals) == len(betas) >= 6
    same = {(r.input, r.output) for r in one_by_one} ^ {(r.input, r.output) for r in removals}
    assert len(same) <= 1
    assert [removal.output for removal in removals[:3]] != [removals[0].output] * 3
    assert together.beta.size <= alone.beta.size + 10


def test_of_twins_one_stays_where_several_go_at_a_time(monkeypatch):
    """Either can stand in for the other, so both look idle: but never both go at once."""
    rows = sparse_rows(noise=0.1)
    twins = np.column_stack([rows.x, rows.x[:, 0] + 1e-3 * rows.x[:, 2]])
    monkeypatch.setattr(elimination, "_MANY_EDGES", 1)
    smaller, _ = eliminate(settled(Rows(twins, rows.y, rows.weights)))
    edges = smaller.chart.edges(0)[:, 0]
    assert edges[0] or edges[5]
    assert edges[1]


def test_edges_stay_whose_removal_lowers_the_evidence_after_all(monkeypatch):
    """Quadratic gains may mislead, as of classes that can be told apart without error."""
    rows = sparse_rows()
    state, problem = additive_fit(rows, max_iter=100)
    state = replace(state, posterior=posterior_of(problem, state))
    smaller = without_idle_edges(problem, state, 10, 1e-2)
    assert smaller.beta.size < state.beta.size
    monkeypatch.setattr(elimination, "_gains", lambda places, stays, *_: np.where(stays, 1.0, -9.0))
    assert without_idle_edges(problem, state, 10, 1e-2) is state
