"""The regressor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin

from .._compat import StrOptions, fit_context
from ..training.objective.losses import REGRESSION_LOSSES
from .base import BaseKAN
from .encoding.target import NumericTarget, name_of
from .encoding.target_kind import LEAST_TARGET, Numbers
from .fitting.attributes import of_one_fit
from .fitting.hyperparameters import Hyperparameters


class KANRegressor(RegressorMixin, BaseKAN):
    """Kolmogorov-Arnold network for regression.

    Every edge of the network [1]_ carries a function of one variable, a base function plus a
    B-spline, and every node adds up what arrives::

        phi(x) = w * base(x) + sum_m c_m * B_m(x)

    All weights are found together, by minimising the loss plus a penalty on rough and large
    edge functions [3]_. X and y are standardised inside, and predictions come back in the
    units of y: nothing need be scaled beforehand.

    Parameters
    ----------
    hidden_layer_sizes : "auto", int or sequence, default="auto"
        "auto" lets the rows decide: from the additive model, one curve a column, hidden nodes
        are added: one of all columns, many of two each, a few from a random start, and
        cross-validation on the rows of `fit` says how much of each to believe: the mixture is
        one network. Otherwise one entry a hidden layer: the number of its sum nodes, or a pair
        (sum nodes, product nodes); a product node multiplies two sums. An int stands for one
        layer, () and 0 for none. Columns and outputs are no layers: pykan's [2, 5, 1] is (5,)
        here, and where three entries or more begin and end as pykan's would, a warning says so.
        A fit under evidence may end with fewer nodes than asked for. Where `alpha` is a number,
        "auto" is ().
    loss : {"squared_error", "huber", "poisson", "gamma"}, default="squared_error"
        What is minimised. "huber" is linear in residuals beyond 1.35 robust standard
        deviations, for targets with outliers. "poisson" (counts, y >= 0) and "gamma" (y > 0)
        are deviances with a log link: predictions are positive. Those of counts are taken in
        units of the mean count, or of 1 if the mean is lower.
    grid_size : "auto", int or increasing sequence of int, default="auto"
        Intervals of every spline grid. "auto" is 10; where hidden layers are "auto" or (), and
        strengths learnt, the inputs' grids get 20 to 160 if the residuals ask for them. A
        sequence such as ``(3, 6, 12)`` is a refinement schedule: train on the first grid, refine
        it, train on. Refining changes no prediction where a grid size is a multiple of the one
        before. Where hidden layers are "auto" the last one counts. At most 2,000.
    spline_order : int, default=3
        Degree of the splines, 0 to 5; 3 for cubic ones.
    grid_eps : float, default=0.05
        Where the breaks of a grid lie between the column's quantiles (0) and equal distances
        (1). Values that are far out, beyond a gap of five times the range of most others, have
        intervals beside these.
    base_function : {"silu", "identity", "none"}, default="silu"
        What every edge function has beside its spline: ``x / (1 + exp(-x))``, a straight line,
        or nothing.
    direct_edges : bool, default=True
        Whether inputs are also joined straight to the outputs, past hidden layers, which then
        carry interactions only. Without hidden layers there is nothing else.
    solver : {"auto", "gauss_newton", "lbfgs", "adam"}, default="auto"
        Gauss-Newton steps under evidence, L-BFGS on all rows, or Adam on mini-batches. "auto"
        takes Gauss-Newton with ``alpha="evidence"``, without early stopping and `sparsity`,
        where columns times outputs are at most 1,500 (with given hidden layers: where the
        coarsest grid has that many parameters) and given hidden layers have 40 rows or more;
        L-BFGS elsewhere, up to a million rows.
    alpha : "evidence" or float, default="evidence"
        Strength of the penalty on roughness (the integral of the squared second derivative)
        and size of every edge function, in standardised units. "evidence" learns strengths
        from the rows, group by group [4]_. Where that cannot be done (see `solver`), L-BFGS
        takes one strength for all, which a quarter of the rows, held out, chooses; with
        ``n_init > 1``, early stopping, `sparsity` or Adam it means 1. A number is worth so many
        rows: the objective is the sum of losses plus ``alpha / 2`` times the penalty.
    sparsity : float, default=0.0
        Strength of the KAN paper's penalty on the number of edges that matter: the sum of the
        edge functions' standard deviations plus the entropy of their shares, layer by layer,
        added to the *mean* loss. Sensible values are around 0.01.
    max_iter : int, default=2000
        Iterations of L-BFGS on each grid, epochs of Adam, or Gauss-Newton steps of given
        hidden layers on the last grid.
    tol : float, default=1e-5
        L-BFGS ends when no entry of the gradient, in coordinates in which the objective is
        round, exceeds `tol`; with hidden layers also when ten iterations gain less than `tol`
        each, as a share of the objective. Adam ends after `n_iter_no_change` epochs whose mean
        objective gains less than `tol`. Under evidence the log-evidence has to settle instead.
    batch_size : int or "auto", default="auto"
        Rows of a mini-batch of Adam; "auto" is 200, or all rows if those are fewer.
    learning_rate_init : float, default=0.01
        Step size of Adam, at most 1e6.
    early_stopping : bool, default=False
        Whether to watch the loss on rows held out, end when it no longer falls by 1e-4, and
        keep the network with the lowest. The rows are split off, or given to `fit` as `X_val`
        and `y_val`.
    validation_fraction : float, default=0.1
        Share of the rows that `early_stopping` holds out; copies of a row stay together.
    n_iter_no_change : int, default=10
        Iterations (epochs of Adam) without gain before training ends, see `early_stopping`
        and `tol`.
    n_init : int, default=1
        Starts from different random weights; the best is kept, by the validation loss with
        `early_stopping`, else by the objective. More than one helps with hidden layers only.
        At most 10,000.
    n_jobs : int or None, default=None
        Starts that run in parallel, as in joblib. It does not change the result.
    warm_start : bool, default=False
        Whether `fit` goes on from the network fitted last; raising `grid_size` refines that.
        Scales and grids follow the rows, also into other units. If the network explains of
        these less than half of what it did of its own, the fit starts anew and warns.
    prune_threshold : float or None, default=None
        Whether `fit` ends with `prune_` on its rows: None for no, 0 to leave it to the evidence
        what goes, a larger number (0.01, say) for edges of less importance to go in any case.
    symbolic : bool, default=False
        Whether `fit` makes the network a formula, as `symbolify` does.
    symbolic_library : list or None, default=None
        The functions that formulas are made of: names such as "sin" and "x^2", SymPy expressions
        in one symbol, or pairs (function, derivative); each also in a pair with its complexity.
        Text is looked up, and never run; all is checked before the fit begins. None for all of
        ``sklearn_kan.symbolic.LIBRARY``.
    extrapolation : {"linear", "constant", "error"}, default="linear"
        What `predict` does beyond the range of a column in `fit`: go on in a straight line,
        stay at the value of the end, or raise ValueError. The line of a fit without given
        hidden layers has the slope of the curve's end, or its mean slope if that is flatter.
        It may be changed after `fit`, which no other hyperparameter needs: predictions are
        otherwise of what was fitted.
    random_state : int, RandomState instance or None, default=None
        Seeds weights, split and mini-batches. The same int gives the same model, to the bit;
        None draws fresh entropy. NumPy's global generator is never touched.
    verbose : int, default=0
        If not zero, print a line at the end of each stage (see `history_`), and of each iteration
        of L-BFGS or epoch of Adam.

    Attributes
    ----------
    network_ : sklearn_kan.network.Network
        The trained network, an immutable value in standardised units.
    n_iter_ : int
        Gauss-Newton steps on the way to the network, iterations of L-BFGS over all grids, or
        epochs of Adam.
    log_evidence_ : float or None
        The logarithm of the evidence of a fit with ``alpha="evidence"``, in nats: comparable
        between fits to the same rows. None also for a mixture of more than 2,500 parameters.
    loss_curve_ : list of float
        The objective after each iteration: mean loss plus penalties.
    history_ : list of dict
        The stages of the fit and what was done afterwards (fits that were chosen from, grids
        that were refined, pruning): ``stage``, ``n_iter``, ``objective``, ``log_evidence``,
        ``hidden`` (sum nodes and product nodes of each layer), ``n_edges``, ``grid_size``; None
        where that is not known.
    validation_loss_curve_ : list of float or None
        The mean loss on the rows of `early_stopping` after each iteration.
    feature_importances_ : ndarray of shape (`n_features_in_`,)
        The columns' shares of the variance of what is predicted, interactions included; they
        sum to 1. See also `edge_importances_`, `node_importances_` and `edge_variance_shares_`.
    symbolic_formula_ : sympy.Expr or list of sympy.Expr
        What `predict` computes, as a formula of the columns, exactly; splines stand in it as
        functions ``phi_<layer>_<input>_<output>`` that `symbolic_functions_` evaluates.
    formulas_ : table, or list of tables
        The front of accuracy against complexity that `symbolify` found, and which is chosen.
    symbolic_report_ : table or None
        What `symbolify` made of each edge, and why.
    pruning_report_ : sequence of dict or None
        What `prune_` removed: importance, the mean loss after it, and what it changed the loss
        and the log-evidence by (in nats). ``to_frame()`` makes a DataFrame of it.
    n_parameters_ : int
        Number of weights in `network_`.
    n_outputs_ : int
        Number of targets.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if all are strings.

    See Also
    --------
    KANClassifier : The same for classes.
    sklearn.neural_network.MLPRegressor : Fixed functions on nodes instead of fitted ones on
        edges.

    References
    ----------
    .. [1] Z. Liu, Y. Wang, S. Vaidya, F. Ruehle, J. Halverson, M. Soljacic, T. Y. Hou,
       M. Tegmark, "KAN: Kolmogorov-Arnold Networks", `arXiv:2404.19756
       <https://arxiv.org/abs/2404.19756>`_, 2024.
    .. [2] Z. Liu, P. Ma, Y. Wang, W. Matusik, M. Tegmark, "KAN 2.0: Kolmogorov-Arnold Networks
       Meet Science", `arXiv:2408.10205 <https://arxiv.org/abs/2408.10205>`_, 2024: product
       nodes.
    .. [3] P. H. C. Eilers, B. D. Marx, "Flexible Smoothing with B-splines and Penalties",
       Statistical Science 11(2), 1996.
    .. [4] S. N. Wood, M. Fasiolo, "A generalized Fellner-Schall method for smoothing parameter
       optimization with application to Tweedie location, scale and shape models",
       Biometrics 73(4), 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_kan import KANRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (300, 2))
    >>> y = np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)
    >>> additive = KANRegressor(()).fit(X[:200], y[:200])
    >>> print(f"{additive.score(X[200:], y[200:]):.2f}")
    0.90

    By default the rows say that there is more, and a hidden node finds the sum inside of the
    exponential:

    >>> model = KANRegressor(random_state=0).fit(X[:200], y[:200])
    >>> print(f"{model.score(X[200:], y[200:]):.3f}")
    1.000
    >>> mean, std = model.predict(X[200:], return_std=True)
    >>> bool((abs(mean - y[200:]) < 3 * std).mean() > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseKAN._parameter_constraints,
        "loss": [StrOptions(set(REGRESSION_LOSSES))],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = "auto",
        *,
        loss: str = "squared_error",
        grid_size: Any = "auto",
        spline_order: int = 3,
        grid_eps: float = 0.05,
        base_function: str = "silu",
        direct_edges: bool = True,
        solver: str = "auto",
        alpha: Any = "evidence",
        sparsity: float = 0.0,
        max_iter: int = 2000,
        tol: float = 1e-5,
        batch_size: Any = "auto",
        learning_rate_init: float = 0.01,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        n_init: int = 1,
        n_jobs: int | None = None,
        warm_start: bool = False,
        prune_threshold: float | None = None,
        symbolic: bool = False,
        symbolic_library: Any = None,
        extrapolation: str = "linear",
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.loss = loss
        self.grid_size = grid_size
        self.spline_order = spline_order
        self.grid_eps = grid_eps
        self.base_function = base_function
        self.direct_edges = direct_edges
        self.solver = solver
        self.alpha = alpha
        self.sparsity = sparsity
        self.max_iter = max_iter
        self.tol = tol
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.n_init = n_init
        self.n_jobs = n_jobs
        self.warm_start = warm_start
        self.prune_threshold = prune_threshold
        self.symbolic = symbolic
        self.symbolic_library = symbolic_library
        self.extrapolation = extrapolation
        self.random_state = random_state
        self.verbose = verbose

    @of_one_fit
    def predict(
        self, X: Any, return_std: bool | str = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Predict the target, and how far off it may be.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)
        return_std : bool or "mean", default=False
            Whether to return standard deviations of the predictions too: True for those of a
            new target, noise included, "mean" for those of the curve alone. They need
            ``alpha="evidence"`` and a loss without link, "squared_error" or "huber".

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The conditional mean (for ``loss="huber"`` a robust centre), in the units of y.
            Beyond the range seen in `fit` as `extrapolation` says.
        std : ndarray of the same shape
            Only if asked for.

        Raises
        ------
        ValueError
            If standard deviations are asked for and the fit has none.
        """
        raw = self._raw_prediction(X)
        fitted = self._fit
        target = fitted.encoding.target
        assert isinstance(target, NumericTarget)
        mean = target.decode(target.loss.inverse_link(raw))
        if isinstance(return_std, bool | np.bool_) and not return_std:
            return mean
        if not isinstance(return_std, bool | np.bool_) and return_std != "mean":
            raise ValueError(f"return_std must be True, False or 'mean'; got {return_std!r}.")
        predictive = fitted.predictive
        if predictive is None or name_of(target.loss) in LEAST_TARGET:
            raise ValueError(
                "return_std needs a fit with alpha='evidence' (and solver='auto' or "
                "'gauss_newton') and loss='squared_error' or 'huber'."
            )
        variances = predictive.variances(self._scaled(X))
        if return_std != "mean":
            variances = variances + predictive.dispersion
        return mean, target.spread(np.sqrt(variances))

    @classmethod
    def from_formula(
        cls,
        expr: Any,
        feature_names: Sequence[str] | None = None,
        *,
        X: Any = None,
        **parameters: Any,
    ) -> KANRegressor:
        """Return a fitted regressor that computes a formula exactly.

        Its network has a function on every edge, as in KAN 2.0's compiler. It can be
        drawn, edited and trained: ``partial_fit``, or ``fit`` with ``warm_start=True``, fits
        the numbers in the formula to rows.

        Parameters
        ----------
        expr : sympy.Expr, str, or sequence of such
            The formula of y in the columns; a sequence for several outputs. Text is read by
            a grammar and never run: numbers, names, ``+ - * / **`` (or ``^``), parentheses,
            functions such as ``sin(x)``, see :doc:`/guide/formulas`. A name means the column
            first, then the constants ``pi`` and ``E``; ``"any name"`` in double quotes is
            always a column. What `symbolic_formula_` prints is such a text.
        feature_names : sequence of str, default=None
            The columns, in order. None for those of X if it is a DataFrame, else for the
            symbols in the formula in the order of their names.
        X : {array-like, sparse} of shape (n_samples, n_features), default=None
            Rows over which curves are drawn and grids laid; None stands for [-1, 1].
        **parameters : dict
            Hyperparameters of the regressor. Functions of your own in `symbolic_library` may
            stand in text by their names.

        Returns
        -------
        model : KANRegressor

        Raises
        ------
        ValueError
            If the formula is none (the message shows where), is too long or too deep, names
            other columns, has spline edges, or a function of several variables.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_kan import KANRegressor
        >>> model = KANRegressor.from_formula("exp(sin(pi*x) + y**2)")
        >>> model.predict(np.array([[0.5, 1.0]])).round(3)
        array([7.389])
        >>> KANRegressor.from_formula('E*"x-1"/2', ["E", "x-1"]).symbolic_formula_
        "E"*"x-1"/2
        """
        model = cls(**parameters)
        model._validated(*model._parameter_constraints)
        if model.loss in LEAST_TARGET:
            raise ValueError(f"from_formula needs a loss without link; got {model.loss!r}.")
        from .formulas.from_formula import Wanted, fit_of

        model._fitted_ = fit_of(
            Wanted(
                expr,
                feature_names,
                X,
                estimator=cls.__name__,
                asked=Hyperparameters.of(model),
                loss=REGRESSION_LOSSES[model.loss],
                library=() if model.symbolic_library is None else model._library(),
            )
        )
        return model

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> KANRegressor:
        """Make one pass of Adam over a batch of rows.

        The first call sets scales and grids from its batch. Columns and targets that do not vary
        yet get theirs when they do; grids follow rows that come from elsewhere, and so does the
        scale of y when it grows. A fair first batch saves that.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
            The estimator, one epoch further.
        """
        return self._partial_fit(X, y, sample_weight)

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's description of what the estimator can do."""
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = self.loss in LEAST_TARGET
        # Positive targets may be several too, but scikit-learn's check of several has negatives.
        tags.target_tags.multi_output = self.loss not in LEAST_TARGET
        return tags

    def _target_kind(self) -> Numbers:
        return Numbers(self.loss)
