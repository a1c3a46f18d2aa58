"""The classifier."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy.special import expit
from sklearn.base import ClassifierMixin

from .._compat import StrOptions, fit_context
from .base import BaseKAN
from .encoding.target_kind import Labels
from .fitting.attributes import FittedAttribute, of_one_fit

# Beyond, a probability would be zero in floating point; none is.
_LARGEST_LOG_ODDS = 700.0


class KANClassifier(ClassifierMixin, BaseKAN):
    """Kolmogorov-Arnold network for classification.

    Every edge of the network [1]_ carries a function of one variable, a base function plus a
    B-spline, and every node adds up what arrives::

        phi(x) = w * base(x) + sum_m c_m * B_m(x)

    The outputs are the log-odds of the second class, or one logit a class for more than two.
    All weights are found together, by minimising the log-loss plus a penalty on rough and large
    edge functions [3]_. X is standardised inside: nothing need be scaled beforehand.

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
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, ``{label: weight}``, which multiply those of the rows;
        "balanced" gives all classes the same total weight.
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
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted, of the type of y; nullable booleans and numbers become NumPy's.
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
        The decision function(s) as a formula of the columns, exactly; splines stand in it as
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
        1 for two classes, else the number of classes.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if all are strings.

    See Also
    --------
    KANRegressor : The same for numbers.
    sklearn.neural_network.MLPClassifier : Fixed functions on nodes instead of fitted ones on
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
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn_kan import KANClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> model = KANClassifier(random_state=0).fit(X_train, y_train)
    >>> bool(model.score(X_test, y_test) > 0.9)
    True
    >>> model.predict(X_test[:4])
    array([0, 2, 1, 0])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseKAN._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    classes_: Any = FittedAttribute("encoding.target.classes")

    def __init__(
        self,
        hidden_layer_sizes: Any = "auto",
        *,
        class_weight: Any = None,
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
        self.class_weight = class_weight
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
    def predict(self, X: Any) -> np.ndarray:
        """Predict class labels.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The most probable class of each row.
        """
        probability = self.predict_proba(X)
        return self.classes_[probability.argmax(axis=1)]

    @of_one_fit
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)

        Returns
        -------
        probability : ndarray of shape (n_samples, n_classes)
            Columns in the order of `classes_`.
        """
        raw = self._raw_prediction(X)
        if len(self.classes_) == 2:
            # Each from its own tail: 1 - p has no digits left where p is near 1.
            raw = np.clip(raw, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
            return expit(np.concatenate([-raw, raw], axis=1))
        return self._fit.loss.inverse_link(raw)

    @of_one_fit
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)

        Returns
        -------
        log_probability : ndarray of shape (n_samples, n_classes)
            Finite also where a probability is zero to machine precision.
        """
        return np.log(np.maximum(self.predict_proba(X), np.finfo(float).tiny))

    @of_one_fit
    def decision_function(self, X: Any) -> np.ndarray:
        """Return the raw predictions of the network.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            For two classes the log-odds of ``classes_[1]``, else the logits.
        """
        raw = self._raw_prediction(X)
        return raw[:, 0] if len(self.classes_) == 2 else raw

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> KANClassifier:
        """Make one pass of Adam over a batch of rows.

        The first call sets scales and grids from its batch. Columns and targets that do not vary
        yet get theirs when they do; grids follow rows that come from elsewhere, and so does the
        scale of y when it grows. A fair first batch saves that.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call unless the batch has
            them all.
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
            The estimator, one epoch further.
        """
        if classes is not None:
            classes = np.unique(self._target_kind().checked(classes, "classes"))
            if hasattr(self, "classes_") and not np.array_equal(classes, self.classes_):
                raise ValueError(
                    f"classes={classes!r} is not what the first call had, {self.classes_!r}."
                )
        return self._partial_fit(X, y, sample_weight, classes)

    def _target_kind(self) -> Labels:
        self._validated("class_weight")
        return Labels(self.class_weight)
