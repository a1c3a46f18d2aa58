"""
====================
Adding up velocities
====================

Two velocities, as shares of that of light, add up to (u + v) / (1 + uv). A network of curves and
sums that is shown rows of it finds out why: there is a function of velocity that does add up.
"""

# %%
# Rows
# ----

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_kan import EdgeDisplay, KANDisplay, KANRegressor

rng = np.random.default_rng(0)
X = pd.DataFrame(rng.uniform(-0.9, 0.9, (1000, 2)), columns=["u", "v"])
w = (X["u"] + X["v"]) / (1 + X["u"] * X["v"])

# %%
# One hidden node
# ---------------
# A network [2, 1, 1], a curve of the sum of two curves, from eight starts: one alone may end in a
# worse place. It explains all but a millionth of the variance, so such curves exist.

model = KANRegressor((1,), direct_edges=False, n_init=8, random_state=0).fit(X, w)
print(f"R2 {model.score(X, w):.10f}")

# %%
# What are they?
# --------------
# The network's suggestions for the curve of u and for the one that leads out, by the share of the
# variance they explain:

for place in ((0, 0, 0), (1, 0, 0)):
    best = model.suggest_symbolic(*place, top=3)
    print(place, ", ".join(f"{record['function']} {record['r2']:.6f}" for record in best))

# %%
# The inverse hyperbolic tangent of the velocity: rapidity, which physics has known since 1908. All
# constants are found at once:

model.symbolify(X, w)
print(model.symbolic_formula_)
error = np.sqrt(np.mean((model.predict(X) - w) ** 2))
print(f"RMSE {error:.0e}")

# %%
# The picture
# -----------
# The network, and its two lower edges in the units of the data: near the velocity of light rapidity
# has no bounds.

figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained")
KANDisplay.from_estimator(model, ax=axes[0])
EdgeDisplay.from_estimator(model, [(0, 0, 0), (0, 1, 0)], ax=axes[1:])
plt.show()
