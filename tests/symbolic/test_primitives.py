"""Every primitive: derivatives, SymPy expression, domain, finite values, pickling."""

import pickle

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import Curve, Term
from sklearn_kan.symbolic import LIBRARY, Primitive, as_primitive, resolve_library


class Cube:
    """A function object of a user's own."""

    name = "cube"

    def value(self, u):
        return u**3

    def slope(self, u):
        return 3 * u**2

    def curvature(self, u):
        return 6 * u


def double(u):
    return 2.0 * np.sin(u)


def twice_cos(u):
    return 2.0 * np.cos(u)


X = sympy.Symbol("t")
OWN = [
    as_primitive("|x|^2.5"),
    as_primitive(sympy.sin(X) * sympy.exp(-X)),
    as_primitive(Cube()),
    as_primitive((double, twice_cos)),
]
ALL = [*LIBRARY.values(), *OWN]
every = pytest.mark.parametrize("primitive", ALL, ids=lambda primitive: primitive.name)


def points(primitive: Primitive) -> np.ndarray:
    """Arguments well inside the domain."""
    inside = []
    for low, high in primitive.domain:
        low, high = max(low, -3.0), min(high, 3.0)
        inside.append(low + (high - low) * np.linspace(0.1, 0.9, 21))
    return np.concatenate(inside)


@every
def test_derivatives_are_those_of_the_value(primitive):
    u, step = points(primitive), 1e-3

    def difference(function):
        f = [function(u + m * step) for m in (-2, -1, 1, 2)]
        return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * step)

    scale = np.maximum(1.0, np.abs(primitive.slope(u)))
    assert_allclose(difference(primitive.value) / scale, primitive.slope(u) / scale, atol=2e-6)
    scale = np.maximum(1.0, np.abs(primitive.curvature(u)))
    assert_allclose(difference(primitive.slope) / scale, primitive.curvature(u) / scale, atol=2e-6)


@every
def test_expression_equals_the_value(primitive):
    u = points(primitive)
    expression = primitive.expression(2 * X - 1)
    computed = sympy.lambdify(X, expression, modules=["scipy", "numpy"])((u + 1) / 2)
    assert_allclose(np.broadcast_to(computed, u.shape), primitive.value(u), rtol=1e-12, atol=1e-14)


@every
def test_values_are_finite_for_any_finite_argument(primitive):
    big = np.array([1e-320, 1e-30, 1.0, 30.0, 1e3, 1e30, 1e200, np.finfo(float).max])
    u = np.concatenate([-big, [0.0], big])
    for function in (primitive.value, primitive.slope, primitive.curvature):
        found = function(u)
        assert found.shape == u.shape
        assert np.isfinite(found).all()


@every
def test_shape_is_kept_and_scalars_do(primitive):
    assert primitive.value(np.full((3, 2), 0.5)).shape == (3, 2)
    assert np.ndim(primitive.value(np.float64(0.5))) == 0


@every
def test_parity_and_period(primitive):
    u = points(primitive)
    if primitive.parity:
        assert_allclose(primitive.value(-u), primitive.parity * primitive.value(u), atol=1e-14)
    if primitive.period:
        moved = primitive.value(u + primitive.period)
        assert_allclose(moved, primitive.value(u), rtol=1e-9, atol=1e-14)


@every
def test_pickles(primitive):
    again = pickle.loads(pickle.dumps(primitive))
    u = points(primitive)
    assert again.name == primitive.name
    assert again.complexity == primitive.complexity
    assert_array_equal(again.value(u), primitive.value(u))
    assert_array_equal(again.curvature(u), primitive.curvature(u))


@pytest.mark.parametrize("name", list(LIBRARY))
def test_library_primitives_pickle_to_themselves(name):
    assert pickle.loads(pickle.dumps(LIBRARY[name])) is LIBRARY[name]
    assert as_primitive(name) is LIBRARY[name]


@pytest.mark.parametrize(
    ("name", "low", "high", "smooth"),
    [
        ("log", 0.1, 5, True),
        ("log", -0.1, 5, False),
        ("1/x", -2, -1, True),
        ("1/x", -2, 1, False),
        ("tan", -1.5, 1.5, True),
        ("tan", 1.6, 4.6, True),
        ("tan", 1.5, 1.7, False),
        ("arcsin", -0.9, 0.9, True),
        ("arcsin", 0.9, 1.1, False),
        ("sin", -50, 70, True),
        ("exp", -50, 70, True),
    ],
)
def test_smooth_ranges(name, low, high, smooth):
    assert LIBRARY[name].is_smooth_on(low, high) is smooth


def test_own_complexities():
    library = resolve_library(["x", ("sin", 7), (X**2 + X, 3)])
    assert [p.complexity for p in library] == [1, 7, 3]
    assert [p.complexity for p in pickle.loads(pickle.dumps(library))] == [1, 7, 3]
    assert LIBRARY["sin"].complexity == 2


def test_default_library_is_the_whole():
    assert resolve_library(None) == tuple(LIBRARY.values())


@pytest.mark.parametrize("spec", ["sine", "|x|^a", "|x|^9", X * sympy.Symbol("s"), sympy.pi])
def test_unknown_functions_are_named(spec):
    with pytest.raises(ValueError, match=r"function"):
        as_primitive(spec)


def test_other_kinds_are_refused():
    with pytest.raises(TypeError, match="must be a name"):
        as_primitive(3)


@pytest.mark.parametrize("library", [[], ["sin", "sin"]])
def test_bad_libraries(library):
    with pytest.raises(ValueError, match="library"):
        resolve_library(library)


def reciprocal(u):
    return 1.0 / u


OWN = [
    pytest.param((np.log, reciprocal), 0.0, id="of-callables"),
    pytest.param(sympy.log(sympy.Symbol("t") - 3), 3.0, id="of-an-expression"),
]


@pytest.mark.parametrize(("spec", "edge"), OWN)
def test_a_function_of_ones_own_stays_at_the_edge_of_its_domain(spec, edge):
    own = as_primitive(spec)
    inside = edge + np.array([0.5, 1.0, 7.0])
    assert_allclose(own.value(inside), np.log(inside - edge), rtol=1e-12)
    outside = np.array([edge - 5.0, edge - 1e-3, -1e12])
    assert (own.value(outside) < -10.0).all()  # log of next to nothing, not 0
    assert np.isfinite(own.value(outside)).all()
    assert_array_equal(own.slope(outside), 0.0)
    assert_array_equal(own.curvature(outside), 0.0)
    mixed = np.concatenate([inside, outside]).reshape(2, 3)
    assert_array_equal(own.value(mixed).ravel(), [*own.value(inside), *own.value(outside)])
    assert_array_equal(pickle.loads(pickle.dumps(own)).value(mixed), own.value(mixed))


def test_curvatures_of_bends_are_those_beside_them():
    t = sympy.Symbol("t", real=True)
    own = as_primitive(sympy.Abs(t) ** 3 + sympy.Abs(t - 1))
    u = np.array([-2.0, 0.5, 3.0])
    assert_allclose(own.curvature(u), 6.0 * np.abs(u), rtol=1e-12)
    assert np.isfinite(own.curvature(np.array([0.0, 1.0]))).all()


def test_a_function_that_is_defined_nowhere_known_is_left_as_it_is():
    own = as_primitive((lambda u: np.where(abs(u - 1.23456) < 1e-9, u, np.nan), np.ones_like))
    assert_array_equal(own.value(np.array([1.23456])), 1.23456)
    assert np.isnan(own.value(np.array([1.3]))).all()
    assert_array_equal(Curve((Term(own),), 2.0).values(np.array([1.23456, 1.3])), [3.23456, 2.0])
