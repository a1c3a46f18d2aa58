"""
=========================
A formula within formulas
=========================

The example of figure 2.5 of the KAN paper that needs two hidden layers,
exp((sin π(a² + b²) + sin π(c² + d²)) / 2): squares, their sums, sines, their sum, an exponential.
From 3,000 rows to the formula in three lines: `fit`, `prune_`, `symbolify`.
"""

# %%
# Fit
# ---
# A network [4, 2, 1, 1], all edges there. Deep networks end in poor optima from most starts;
# short trials of 21 and the best of them driven on take little time.

from time import process_time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sympy

from sklearn_kan import KANDisplay, KANRegressor

rng = np.random.default_rng(0)
X = pd.DataFrame(rng.uniform(-1, 1, (4000, 4)), columns=list("abcd"))
a, b, c, d = X.to_numpy().T
y = np.exp((np.sin(np.pi * (a**2 + b**2)) + np.sin(np.pi * (c**2 + d**2))) / 2)
X_train, X_test, y_train, y_test = X[:3000], X[3000:], y[:3000], y[3000:]


def error(model):
    """Return the RMSE on new rows."""
    return np.sqrt(np.mean((model.predict(X_test) - y_test) ** 2))


start = process_time()
model = KANRegressor(
    (2, 1), direct_edges=False, grid_size=(3, 6, 12, 24), n_init=21, random_state=0
).fit(X_train, y_train)
print(f"splines: RMSE {error(model):.0e} after {process_time() - start:.0f} s")

# %%
# Prune
# -----
# Four of the eight lower edges carry next to nothing; what goes, and at what cost, is reported.

figure, axes = plt.subplots(1, 2, figsize=(9, 5), layout="constrained")
KANDisplay.from_estimator(model, ax=axes[0])
axes[0].set_title(f"fitted: RMSE {error(model):.0e}")

model.prune_(X_train, y_train, threshold=1e-3)
print(model.pruning_report_)
KANDisplay.from_estimator(model, ax=axes[1])
axes[1].set_title(f"pruned: RMSE {error(model):.0e}")

# %%
# Read
# ----
# Every edge becomes a function of the library, and all numbers are fitted together. What is left is
# rounding: multiplied out, and to nine digits, the constants show what they are.

model.symbolify(X_train, y_train)
print(f"formula: RMSE {error(model):.0e} after {process_time() - start:.0f} s")

formula = sympy.expand(model.symbolic_formula_)
numbers = formula.atoms(sympy.Float)
print(formula.xreplace({x: sympy.nsimplify(round(x, 9), [sympy.pi], 1e-8) for x in numbers}))
display = KANDisplay.from_estimator(model)
display.ax_.set_title(f"formula: RMSE {error(model):.0e}")
plt.show()
