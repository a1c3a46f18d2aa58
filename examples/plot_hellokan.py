"""
====================
From rows to formula
====================

The show-piece of the KAN paper: 1,000 rows of exp(sin(πx) + y²), and the network is to find the
formula. With ``symbolic=True`` `fit` does that by itself; the constants come out exactly.
"""

# %%
# One call
# --------

from time import process_time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_kan import FormulaDisplay, KANDisplay, KANRegressor

rng = np.random.default_rng(0)
X = pd.DataFrame(rng.uniform(-1, 1, (2000, 2)), columns=["x", "y"])
z = np.exp(np.sin(np.pi * X["x"]) + X["y"] ** 2)

start = process_time()
model = KANRegressor((2,), symbolic=True, random_state=0).fit(X[:1000], z[:1000])
seconds = process_time() - start

error = np.sqrt(np.mean((model.predict(X[1000:]) - z[1000:]) ** 2))
print(model.symbolic_formula_)
print(f"RMSE on new rows {error:.0e}, after {seconds:.1f} s")

# %%
# The formula is the model: `predict` computes it, also where no row has been.

far = pd.DataFrame({"x": [3.25], "y": [-2.0]})
print(model.predict(far)[0], np.exp(np.sin(3.25 * np.pi) + 4))

# %%
# It leaves the session as SymPy, LaTeX, Python source or a function.

print(model.to_latex())
print(model.to_python())

# %%
# Before and after
# ----------------
# Left: what the same network is without ``symbolic=True``, a spline on each edge. Middle: after.
# Symbolic edges are orange and carry their formula. Right: what was weighed, accuracy against
# complexity.

splines = KANRegressor((2,), direct_edges=False, random_state=0).fit(X[:1000], z[:1000])
figure, axes = plt.subplots(1, 3, figsize=(12, 4.2), width_ratios=(1, 1, 1.2), layout="constrained")
KANDisplay.from_estimator(splines, ax=axes[0], output_names=["z"])
KANDisplay.from_estimator(model, ax=axes[1], output_names=["z"])
FormulaDisplay.from_estimator(model, ax=axes[2])
error = np.sqrt(np.mean((splines.predict(X[1000:]) - z[1000:]) ** 2))
axes[0].set_title(f"splines: RMSE {error:.0e}")
axes[1].set_title("formula: exact")
plt.show()
