"""Random chains of surgeries: every step keeps a network sound, and most its predictions."""

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_kan.network import (
    cover,
    drop_dangling,
    extend_breaks,
    predict,
    refine,
    remove_edges,
    renormalise,
    widen,
)
from tests import oracles
from tests.networks import NETWORKS, assert_sound, make_grid, make_rows, node_values


def refined(network, rng):
    sizes = {layer.basis.grid_size for layer in network.layers}
    return refine(network, 2 * max(sizes)) if len(sizes) == 1 and max(sizes) <= 8 else network


def renormalised(network, rng):
    if len(network.layers) == 1:
        return network
    index = rng.integers(len(network.layers) - 1)
    layer = network.layers[index]
    shift = rng.normal(size=layer.n_outputs)
    shift[layer.n_sums :] = 0.0
    return renormalise(network, index, shift, rng.uniform(0.5, 2.0, layer.n_outputs))


def widened(network, rng):
    if len(network.layers) == 1:
        return network
    index, n_products = rng.integers(len(network.layers) - 1), rng.integers(2)
    layer, basis = network.layers[index], network.layers[index + 1].basis
    incoming = rng.normal(size=(*layer.weights.shape[:2], 1 + 2 * n_products))
    knots = extend_breaks(make_grid(rng, 1 + n_products, basis.grid_size, True), basis.degree)
    return widen(network, index, incoming, knots, n_products=n_products)


def without_null_edges(network, rng):
    index = rng.integers(len(network.all_layers))
    layer = network.all_layers[index]
    gone = layer.edges & ~layer.weights.any(axis=1)
    return remove_edges(network, index, gone, np.ones(layer.weights.shape[:2]))


def dropped(network, rng):
    return drop_dangling(network)


def pickled(network, rng):
    return pickle.loads(pickle.dumps(network))


def covered(network, rng):
    index = rng.integers(len(network.layers))
    nodes = node_values(network, make_rows(network))[index]
    return cover(network, index, nodes, np.ones(len(nodes)), grid_eps=rng.uniform())


def thinned(network, rng):
    index = rng.integers(len(network.all_layers))
    layer = network.all_layers[index]
    gone = rng.uniform(size=layer.edges.shape) < 0.4
    return remove_edges(network, index, gone, np.zeros(layer.weights.shape[:2]))


def trained(network, rng):
    return network.with_theta(network.theta + rng.normal(0.0, 0.1, network.n_parameters))


KEEP = [refined, renormalised, widened, without_null_edges, dropped, pickled]
CHANGE = [covered, thinned, trained]


@given(
    st.sampled_from([case.values[0] for case in NETWORKS]),
    st.lists(st.sampled_from(KEEP + CHANGE), min_size=2, max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_chains_of_surgeries(network, surgeries, seed):
    rng, rows = np.random.default_rng(seed), make_rows(network)
    for surgery in surgeries:
        before, network = network, surgery(network, rng)
        assert_sound(network)
        if surgery in KEEP:
            wanted = predict(before, rows)
            atol = 1e-10 * max(1.0, np.abs(wanted).max())  # far-out rows have steep slopes
            assert_allclose(predict(network, rows), wanted, rtol=0, atol=atol)
    few = rows[:2]
    wanted = oracles.predict(network, few)
    atol = 1e-10 * max(1.0, np.abs(wanted).max())
    assert_allclose(predict(network, few), wanted, rtol=0, atol=atol)
