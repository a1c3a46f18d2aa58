"""
==================
A table end to end
==================

What one does with a table in a notebook: gaps, categories, a score beside other models', a picture,
a formula. The table is the diabetes set that comes with scikit-learn, 442 patients whose disease
had progressed by so much a year later, with its codes for sex spelled out and one entry in twenty
taken away.
"""

# %%
# The table
# ---------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from sklearn_kan import EdgeDisplay, FormulaDisplay, KANDisplay, KANRegressor

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X = X.rename(
    columns={
        "bp": "pressure",
        "s1": "cholesterol",
        "s2": "ldl",
        "s3": "hdl",
        "s4": "ratio",
        "s5": "triglycerides",  # their logarithm
        "s6": "glucose",
    }
)
X["sex"] = X["sex"].map({1.0: "one", 2.0: "other"}).astype(object)
X = X.mask(np.random.default_rng(0).random(X.shape) < 0.05)
print(X.head().to_string())

# %%
# A pipeline
# ----------
# Medians for gaps among numbers, a class of its own for those among categories. With
# ``set_output`` the names of the columns reach the estimator.

encode = make_column_transformer(
    (SimpleImputer(strategy="median"), make_column_selector(dtype_include="number")),
    (
        make_pipeline(
            SimpleImputer(strategy="constant", fill_value="unknown"),
            OneHotEncoder(sparse_output=False),
        ),
        make_column_selector(dtype_exclude="number"),
    ),
    verbose_feature_names_out=False,
).set_output(transform="pandas")

models = {
    "KAN": KANRegressor(random_state=0),
    "ridge": make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13))),
    "random forest": RandomForestRegressor(random_state=0),
    "boosted trees": HistGradientBoostingRegressor(random_state=0),
}
folds = KFold(5, shuffle=True, random_state=0)
for name, model in models.items():
    scores = cross_val_score(make_pipeline(encode, model), X, y, cv=folds)
    print(f"{name:14} R2 {scores.mean():.3f} +- {scores.std():.3f}")

# %%
# The picture
# -----------
# No hidden node was worth its parameters: the model is a sum of curves. Columns without a curve
# were removed, one of the two indicators of sex among them.

X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
pipeline = make_pipeline(encode, KANRegressor(random_state=0)).fit(X_train, y_train)
print("R2 on new rows:", round(pipeline.score(X_test, y_test), 3))
EdgeDisplay.from_estimator(pipeline, n_columns=4)
plt.show()

# %%
# A formula
# ---------
# `symbolify` searches for formulas in the columns' own units and sorts them by complexity. It takes
# one only where that loses nothing; here the shortest that does well on rows held out is wanted.

splines = pipeline.score(X_test, y_test)
kan = pipeline[-1].symbolify(pipeline[:-1].transform(X_train), y_train)
held_out = [record["r2_held_out"] for record in kan.formulas_]
for i, r2 in enumerate(held_out):
    print(f"{i}  R2 held out {r2:6.3f}  {kan.formula(i, ndigits=3)}")
kan.choose_formula(int(np.argmax(held_out)))

# %%
# On the rows that no model has seen, beside the curves and a tree of as many leaves as the formula
# has nodes:

tree = make_pipeline(encode, DecisionTreeRegressor(max_leaf_nodes=9, random_state=0))
tree.fit(X_train, y_train)
print(f"curves  {splines:.3f}")
print(f"formula {pipeline.score(X_test, y_test):.3f}")
print(f"tree    {tree.score(X_test, y_test):.3f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
FormulaDisplay.from_estimator(kan, ax=left)
KANDisplay.from_estimator(kan, ax=right, output_names=["progression"])
plt.show()
