"""Mixtures of fits are one network, whose predictions are the weighted sum."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.candidates.finer_grids import FINEST
from sklearn_kan.training.candidates.growth import grow
from sklearn_kan.training.candidates.part import Kind, Part, Variant
from sklearn_kan.training.candidates.proposals import candidates
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.choice.common_coordinates import on_additive_chart, with_hidden_grids_of
from sklearn_kan.training.choice.mixing import mixed
from sklearn_kan.training.evidence.beyond_rows import Beyond, finished
from sklearn_kan.training.evidence.gauss_newton import posterior_of, problem_of
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import BinaryLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.training.evidence.test_elimination import sparse_rows
from tests.training.grown import hidden_fit, product_rows

ADDITIVE, ALL_EDGES, PAIRS, PLANES = (
    Variant(Kind.ADDITIVE),
    Variant(Kind.ADDITIVE_ALL_EDGES),
    Variant(Kind.PAIRS, 16),
    Variant(Kind.PLANES),
)
COMPOSED, GROWN, WIDE = Variant(Kind.COMPOSED), Variant(Kind.ONE_NODE), Variant(Kind.WIDE, 4)


def parts_of(rows, loss=None, shares=(0.1, 0.2, 0.3, 0.25, 0.15)):
    settings = Settings(loss or SquaredError(), Architecture())
    found = candidates(rows, settings, frozenset({COMPOSED, GROWN, WIDE}))
    ways = [Beyond.AFTER_LAST_ROW, Beyond.INSIDE_FIVE_ROWS]
    return [
        Part(candidate.variant, candidate.state, share, beyond)
        for candidate, share, beyond in zip(found, shares, [*ways, *ways, ways[0]], strict=True)
    ]


@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_mixed_predictions_are_the_weighted_sum(share):
    rows, _ = product_rows(weighted=True)
    additive, hidden, _ = hidden_fit(rows)
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (100, 3))
    first, second = predict(additive.network, x), predict(hidden.network, x)
    assert np.abs(first - second).max() > 0.1
    parts = Part(ADDITIVE, additive, 1.0 - share), [Part(GROWN, hidden, share)]
    found = predict(mixed(*parts, rows).state.network, x)
    assert_allclose(found, (1.0 - share) * first + share * second, rtol=1e-12, atol=1e-12)


def test_fits_of_all_kinds_are_mixed():
    """Those from other grids are projected, on the rows and beyond them."""
    rows, _ = product_rows(n=300, weighted=True)
    additive, *others = parts_of(rows)
    mixture = mixed(additive, others, rows)
    assert mixture.state.chart.network.layers[0].n_outputs == 1 + 1 + 1 + 4
    assert_array_equal(mixture.beyond, [5, 0, 5, 0, 0, 0, 0])
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (200, 3))
    for at in (rows.x, x):
        found = predict(finished(mixture.state, rows, mixture.beyond), at)
        wanted = sum(
            part.share * predict(finished(part.state, rows, part.beyond), at)
            for part in (additive, *others)
        )
        assert np.sqrt(np.mean((found - wanted) ** 2)) < 0.02 * wanted.std()


def additive_parts(rows):
    """Return an additive fit without some of its edges, and with all of them."""
    settings = Settings(SquaredError(), Architecture())
    sparse, whole = candidates(rows, settings, frozenset({ALL_EDGES}))[:2]
    assert sparse.state.beta.size < whole.state.beta.size
    return sparse, whole


@pytest.mark.parametrize("deep_share", [0.0, 0.5])
@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_additive_fits_are_mixed_with_each_other_and_with_others(share, deep_share):
    rows = sparse_rows()
    sparse, whole = additive_parts(rows)
    problem = problem_of(whole.state, rows, SquaredError())
    directions = np.sqrt(0.5) * np.array([[1.0], [1.0], [0.0], [0.0], [0.0]])
    deep = Part(GROWN, grow(problem, whole.state, directions), deep_share)
    flat = 1.0 - deep_share
    sparse = replace(sparse, share=flat * (1.0 - share))
    whole = replace(whole, share=flat * share)
    mixture = mixed(sparse, [whole, deep], rows)
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (200, 5))
    wanted = sum(part.share * predict(part.state.network, x) for part in (sparse, whole, deep))
    assert_allclose(predict(mixture.state.network, x), wanted, rtol=1e-12, atol=1e-12)
    assert len(mixture.beyond) == mixture.state.chart.n_hidden
    posterior = posterior_of(problem_of(mixture.state, rows, SquaredError()), mixture.state)
    assert np.isfinite(posterior.log_evidence)


def test_penalties_of_a_mixture_are_the_sums_of_those_of_its_hidden_nodes():
    rows, _ = product_rows(n=200)
    additive, *others = parts_of(rows)
    others = [part for part in others if part.kind in (Kind.ONE_NODE, Kind.CURVED_NODE)]
    state = mixed(additive, others, rows).state
    energies = []
    for one in (state, *(part.state for part in others)):
        penalty = one.strengths.diagonal(one.chart.roughness())
        hidden = slice(0, one.chart.bias_part.start)  # edges into and out of hidden nodes
        energies.append(float(penalty[hidden] @ one.beta[hidden] ** 2))
    assert_allclose(energies[0], sum(energies[1:]), rtol=1e-9)
    assert np.isfinite(posterior_of(problem_of(state, rows, SquaredError()), state).log_evidence)


def test_a_fit_alone_is_itself():
    rows, _ = product_rows()
    additive, hidden, _ = hidden_fit(rows, max_iter=2)
    nothing = Part(ADDITIVE, additive, 0.0)
    assert mixed(nothing, [Part(GROWN, hidden)], rows).state is hidden
    assert mixed(replace(nothing, share=1.0), [], rows).state is additive


def test_mixing_leaves_its_parts_unchanged():
    rows, _ = product_rows()
    additive, hidden, _ = hidden_fit(rows, max_iter=2)
    before = additive.beta.copy(), hidden.beta.copy()
    mixed(Part(ADDITIVE, additive, 0.5), [Part(GROWN, hidden, 0.5)], rows)
    assert_allclose(additive.beta, before[0], rtol=0.0)
    assert_allclose(hidden.beta, before[1], rtol=0.0)


def test_what_has_grown_from_the_additive_fit_stays_as_it_is():
    rows, _ = product_rows()
    additive, hidden, _ = hidden_fit(rows, max_iter=2)
    assert on_additive_chart(hidden, additive, rows) is hidden


@pytest.mark.parametrize("loss", [SquaredError(), BinaryLogLoss()], ids=lambda x: type(x).__name__)
def test_other_fits_are_projected_onto_the_additive_coordinates(loss):
    rows, _ = product_rows(n=300)
    rows = replace(rows, y=(rows.y > 0).astype(float)) if loss.is_likelihood else rows
    additive, *others = parts_of(rows, loss)
    for part in others:
        found = on_additive_chart(part.state, additive.state, rows)
        first = found.chart.coordinates[0]
        assert_array_equal(first.maps, additive.state.chart.coordinates[0].maps)
        wanted = predict(part.state.network, rows.x)
        difference = predict(found.network, rows.x) - wanted
        assert np.sqrt(np.mean(difference**2)) < 0.02 * wanted.std()


def test_more_intervals_change_nothing():
    rows, _ = product_rows()
    hidden = hidden_fit(rows)[1]
    finer = with_hidden_grids_of(hidden, 11, rows)
    assert finer.chart.network.layers[1].basis.grid_size == 11
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (100, 3))
    assert_allclose(predict(finer.network, x), predict(hidden.network, x), atol=1e-8)


def test_parts_on_finer_grids_are_mixed_on_these():
    """On the additive fit's grid the wave would be lost; families of strengths are kept."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (800, 3))
    y = np.sin(25 * x[:, :1]) * x[:, 1:2] + x[:, 2:] + 0.1 * rng.standard_normal((800, 1))
    rows = Rows(x, y, np.ones(800))
    settings = Settings(SquaredError(), Architecture(), finest=FINEST)
    found = candidates(rows, settings, frozenset({PAIRS, PLANES}))
    shares = {ADDITIVE: 0.2, PAIRS: 0.3, PLANES: 0.5}
    additive, *others = (Part(p.variant, p.state, shares[p.variant]) for p in found)
    fine = others[-1].state
    assert fine.chart.network.grid_size > additive.state.chart.network.grid_size
    mixture = mixed(additive, others, rows)
    assert mixture.state.chart.network.grid_size == fine.chart.network.grid_size
    wanted = sum(part.share * predict(part.state.network, x) for part in (additive, *others))
    assert_allclose(predict(mixture.state.network, x), wanted, atol=2e-3)
    assert np.isfinite(
        posterior_of(problem_of(mixture.state, rows, settings.loss), mixture.state).log_evidence
    )
