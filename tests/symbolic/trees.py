"""One list of formulas, with rows on which all of them have values."""

import numpy as np

from sklearn_kan.symbolic.language.exact import Exact
from sklearn_kan.symbolic.language.expression import (
    Apply,
    Column,
    Constant,
    Number,
    Power,
    Product,
    Sum,
)
from sklearn_kan.symbolic.language.library import LIBRARY

A, B, C = (Column(i) for i in range(3))
HALF, TWO = Number(Exact(1, 2)), Number(Exact(2))
TREES = {
    "constant": Constant(2.5),
    "line": Sum((Product((Constant(2.0), A)), Constant(-1.0))),
    "product": Product((Constant(0.5), A, B, C)),
    "law": Product((Constant(3.0), Power(A, Constant(1.5)), Power(B, Number(Exact(-2))))),
    "root": Power(Sum((Power(A, TWO), Product((Constant(2.0), Power(B, TWO))))), HALF),
    "wave": Apply(LIBRARY["sin"], Sum((Product((Constant(1.3), A, B)), Constant(0.2)))),
    "gauss": Apply(LIBRARY["exp"], Product((Constant(-0.7), Power(A, TWO)))),
    "power of columns": Power(A, Product((Constant(0.8), B))),
    "exact": Product((Number(Exact(1, 4, "pi")), A)),
    "nested": Apply(
        LIBRARY["log"], Sum((Constant(2.0), Apply(LIBRARY["cos"], Product((A, Constant(0.9))))))
    ),
}
ROWS = np.random.default_rng(0).uniform(0.5, 2.0, (50, 3))
