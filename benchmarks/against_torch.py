"""Time one value and gradient of the objective beside a dense KAN in PyTorch, on the CPU.

The layer in PyTorch is the usual straightforward one: all B-splines of all inputs by the
Cox-de Boor recursion, a product with the weights, gradients by autograd. The same cases,
data and weights as in ``kernels.py``, squared error, one thread; float64 results must agree
to rounding. Our pass is in float64 throughout. As in a fit with that layer, PyTorch evaluates
the first layer's B-splines each time; "kept" is the same with them kept, as we keep ours.

Needs PyTorch. Run with ``python benchmarks/against_torch.py [--rows 1000 10000]``.
"""

# ruff: noqa: I001  kernels sets the number of threads and must be imported first
from kernels import GRID_SIZES, ROWS, SHAPES, best_seconds, describe, naive_bytes, problem

import argparse
from collections.abc import Callable
from itertools import product

import numpy as np
import torch

from sklearn_kan.network import Layer, Network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks, Objective, Rows

torch.set_num_threads(1)


class DenseLayer(torch.nn.Module):
    """A KAN layer with the bases and weights of one of ours."""

    def __init__(self, layer: Layer, dtype: torch.dtype) -> None:
        super().__init__()
        self.degree = layer.basis.degree
        self.register_buffer("knots", torch.tensor(layer.basis.knots, dtype=dtype))
        self.register_buffer("base_map", torch.tensor(layer.basis.base_map, dtype=dtype))
        self.weights = torch.nn.Parameter(torch.tensor(layer.matrix, dtype=dtype))
        self.bias = torch.nn.Parameter(torch.tensor(layer.bias, dtype=dtype))

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return all features at x (n, p), as (n, p * m)."""
        base = torch.nn.functional.silu(x * self.base_map[:, 0] + self.base_map[:, 1])
        knots, x = self.knots, x[:, :, None]
        basis = ((x >= knots[:, :-1]) & (x < knots[:, 1:])).to(x.dtype)
        for k in range(1, self.degree + 1):
            left = (x - knots[:, : -k - 1]) / (knots[:, k:-1] - knots[:, : -k - 1])
            right = (knots[:, k + 1 :] - x) / (knots[:, k + 1 :] - knots[:, 1:-k])
            basis = left * basis[..., :-1] + right * basis[..., 1:]
        return torch.cat([basis, base[:, :, None]], dim=2).flatten(1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the outputs (n, q) for given features."""
        return features @ self.weights + self.bias


def torch_pass(
    network: Network, rows: Rows, dtype: torch.dtype, *, keep: bool
) -> Callable[[], tuple[float, list[np.ndarray]]]:
    """Return a function for the value and the gradients of each layer's weights."""
    layers = [DenseLayer(layer, dtype) for layer in network.layers]
    x, y = torch.tensor(rows.x, dtype=dtype), torch.tensor(rows.y, dtype=dtype)
    kept = layers[0].features(x) if keep else None
    parameters = [parameter for layer in layers for parameter in layer.parameters()]

    def value_gradient() -> tuple[float, list[np.ndarray]]:
        nodes = layers[0](layers[0].features(x) if kept is None else kept)
        for layer in layers[1:]:
            nodes = layer(layer.features(nodes))
        loss = 0.5 * ((nodes - y) ** 2).sum(dim=1).mean()
        gradients = torch.autograd.grad(loss, parameters)
        return loss.item(), [gradient.numpy() for gradient in gradients]

    return value_gradient


def assert_same(
    network: Network, ours: tuple[float, np.ndarray], theirs: tuple[float, list[np.ndarray]]
) -> None:
    """Compare values and gradients in float64."""
    pieces = []
    for layer, weights, bias in zip(network.layers, theirs[1][::2], theirs[1][1::2], strict=True):
        pieces += [weights.reshape(layer.weights.shape).transpose(0, 2, 1).reshape(-1), bias]
    np.testing.assert_allclose(theirs[0], ours[0], rtol=1e-9)
    np.testing.assert_allclose(np.concatenate(pieces), ours[1], rtol=1e-7, atol=1e-11)


def main() -> None:
    """Print the table: milliseconds, and how many times longer PyTorch takes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--limit-gb", type=float, default=4.0)
    options = parser.parse_args()
    names = ("f64", "f64 kept", "f32", "f32 kept")
    print(f"{'':22s}{'ours ms':>10s}" + "".join(f"{name:>18s}" for name in names))
    for shape, grid_size, n_rows in product(SHAPES, GRID_SIZES, options.rows):
        network, rows = problem(shape, grid_size, n_rows)
        if 3 * naive_bytes(network, n_rows) > 1e9 * options.limit_gb:
            continue
        objective = Objective(network, Blocks(network, rows), SquaredError())
        theta = network.theta
        ours = best_seconds(lambda: objective.value_gradient(theta))  # noqa: B023
        line = f"{describe(shape, grid_size, n_rows)}{1e3 * ours:10.2f}"
        for dtype, keep in product((torch.float64, torch.float32), (False, True)):
            run = torch_pass(network, rows, dtype, keep=keep)
            if dtype is torch.float64:
                assert_same(network, objective.value_gradient(theta), run())
            theirs = best_seconds(run)
            line += f"{1e3 * theirs:10.2f} ({theirs / ours:4.1f}x)"
        print(line, flush=True)


if __name__ == "__main__":
    main()
