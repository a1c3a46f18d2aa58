"""The mathematics of the network floor once more: one row, one edge, one B-spline at a time.

Slow and obvious on purpose. Nothing here calls the code under test; a network is only read.
"""

import math

import numpy as np


def b_spline(knots, j, degree, interval, x):
    """Return B-spline j at x on the given interval of the knots: the Cox-de Boor recursion."""
    if degree == 0:
        return 1.0 if j == interval else 0.0
    left, right = knots[j : j + degree + 1], knots[j + 1 : j + degree + 2]
    rising = (x - left[0]) / (left[-1] - left[0])
    falling = (right[-1] - x) / (right[-1] - right[0])
    return rising * b_spline(knots, j, degree - 1, interval, x) + falling * b_spline(
        knots, j + 1, degree - 1, interval, x
    )


def b_spline_slope(knots, j, degree, interval, x):
    """Return the derivative of B-spline j at x on the given interval of the knots."""
    if degree == 0:
        return 0.0
    first = b_spline(knots, j, degree - 1, interval, x) / (knots[j + degree] - knots[j])
    second = b_spline(knots, j + 1, degree - 1, interval, x) / (
        knots[j + degree + 1] - knots[j + 1]
    )
    return degree * (first - second)


def find_interval(grid, x):
    """Return the interval of x on the grid: closed on the left, the last one on both sides."""
    interval = 0
    while interval < len(grid) - 2 and x >= grid[interval + 1]:
        interval += 1
    return interval


def base_value(name, z):
    """Return a base function and its derivative at the number z."""
    if name == "silu":
        sigma = 1.0 / (1.0 + math.exp(-z))
        return z * sigma, sigma * (1.0 + z * (1.0 - sigma))
    return {"identity": (z, 1.0), "none": (0.0, 0.0)}[name]


def features(basis, node, x):
    """Return the m features of one input node at the number x."""
    knots, degree = basis.knots[node].tolist(), basis.degree
    grid = knots[degree : len(knots) - degree]
    inside = min(max(x, grid[0]), grid[-1])
    interval = degree + find_interval(grid, inside)
    splines = range(len(knots) - degree - 1)
    values = [b_spline(knots, j, degree, interval, inside) for j in splines]
    slopes = [b_spline_slope(knots, j, degree, interval, inside) for j in splines]
    if basis.base != "none":
        scale, shift = basis.base_map[node].tolist()
        value, slope = base_value(basis.base, scale * inside + shift)
        values.append(value)
        slopes.append(scale * slope)
    return [value + slope * (x - inside) for value, slope in zip(values, slopes, strict=True)]


def layer_outputs(layer, row):
    """Return the q outputs of a layer at one row: a double loop over its edges."""
    outputs = layer.bias.tolist()
    for i, x in enumerate(row):
        at_x = features(layer.basis, i, x)
        for j in range(len(outputs)):
            if layer.edges[i, j]:
                outputs[j] += sum(
                    weight * value
                    for weight, value in zip(layer.weights[i, :, j], at_x, strict=True)
                )
    for edge in layer.curves:
        outputs[edge.output] += curve_value(edge.curve, row[edge.input])
    return outputs


def curve_value(curve, x):
    """Return a curve at the number x."""
    total = curve.constant
    for term in curve.terms:
        total += term.coef * float(term.function.value(np.array(term.scale * x + term.shift)))
    return total


def layer_nodes(layer, row):
    """Return the values of a layer's nodes at one row: sums, then products of pairs."""
    outputs = layer_outputs(layer, row)
    n_sums = len(outputs) - 2 * layer.n_products
    nodes = outputs[:n_sums]
    for first in range(n_sums, len(outputs), 2):
        nodes.append(outputs[first] * outputs[first + 1])
    return nodes


def predict(network, x):
    """Return the raw predictions (n, n_outputs), row by row."""
    raw = []
    for row in x.tolist():
        nodes = row
        for layer in network.layers:
            nodes = layer_nodes(layer, nodes)
        if network.direct is not None:
            straight = layer_outputs(network.direct, row)
            nodes = [value + more for value, more in zip(nodes, straight, strict=True)]
        raw.append(nodes)
    return np.array(raw)
