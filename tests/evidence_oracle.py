"""The mathematics of the evidence once more, with the gauge as an explicit basis of its null space.

Slow and obvious on purpose. Constraints are taken from what hidden outputs do at the rows, not from
the code under test; of that only the loss and the curvature A at the point are used, which have
oracles of their own.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space

from sklearn_kan.network import forward, inputs_at


@dataclass
class Oracle:
    """What the evidence is at a point: matrices in full.

    Parameters
    ----------
    free : ndarray of shape (P, F)
        An orthonormal basis of the steps d with ``normal' d = 0`` for every hidden output.
    S, A : ndarray of shape (P, P)
    loss, n : float
    beta : ndarray of shape (P,)
    """

    free: np.ndarray
    S: np.ndarray
    A: np.ndarray
    loss: float
    n: float
    beta: np.ndarray

    @property
    def penalised(self):
        """A basis of the free steps of coordinates with a penalty: all but biases."""
        entries = np.flatnonzero(np.diag(self.S) > 0)
        basis = np.zeros((len(self.beta), len(entries)))
        basis[entries, np.arange(len(entries))] = 1.0
        held = null_space(self.free.T).T  # the constraints
        return basis @ null_space(held @ basis) if len(held) else basis

    def log_determinants(self):
        """Return log|Q'SQ| where S is not zero, and log|Q'(A + S)Q|."""
        Q, P = self.free, self.penalised
        return (
            np.linalg.slogdet(P.T @ self.S @ P)[1],
            np.linalg.slogdet(Q.T @ (self.A + self.S) @ Q)[1],
        )

    def covariance(self):
        """Return V = Q (Q'(A + S)Q)^-1 Q'."""
        Q = self.free
        return Q @ np.linalg.inv(Q.T @ (self.A + self.S) @ Q) @ Q.T

    def prior_variances(self):
        """Return the diagonal of Q (Q'SQ)^-1 Q', zero for biases."""
        P = self.penalised
        return np.diag(P @ np.linalg.inv(P.T @ self.S @ P) @ P.T)

    def edf(self):
        return np.trace(self.covariance() @ self.A)

    def log_evidence(self, is_likelihood):
        """Return the Laplace approximation, at the best dispersion where that is free."""
        prior, posterior = self.log_determinants()
        half = self.loss + 0.5 * self.beta @ self.S @ self.beta
        if is_likelihood:
            return -half + 0.5 * (prior - posterior)
        n = self.n - np.sum(np.diag(self.S) == 0)
        # The maximum over phi of -half / phi - n log(2 pi phi) / 2.
        phi = 2.0 * half / n
        return -half / phi - 0.5 * n * np.log(2.0 * np.pi * phi) + 0.5 * (prior - posterior)

    def dispersion(self, is_likelihood):
        return 1.0 if is_likelihood else 2.0 * self.loss / (self.n - self.edf())

    def updated(self, strength, group, weight, is_likelihood):
        """Return the strength of one matrix of one group at the next fixed-point step."""
        S_g = np.diag(np.where(group, weight, 0.0))
        prior = np.sum(self.prior_variances() * np.diag(S_g))
        posterior = np.trace(self.covariance() @ S_g)
        energy = self.beta @ S_g @ self.beta
        return strength * self.dispersion(is_likelihood) * (prior - posterior) / energy


def oracle_at(state, problem, system):
    """Return the oracle at a state, for the system there."""
    penalty = state.strengths.diagonal(state.chart.roughness())
    held = constraints(state.chart, state.beta, problem.blocks.rows)
    free = null_space(held) if len(held) else np.eye(len(penalty))
    S = np.diag(penalty)
    return Oracle(free, S, system.curvature, system.loss, problem.n, state.beta)


def constraints(chart, beta, rows):
    """Return the gradient (P,) of the variance of each hidden output by its own coordinates.

    An output is linear in the coordinates that lead to it: what one more of each adds is a
    column of the derivative.
    """
    found = []
    share = rows.weights / rows.weights.sum()
    for index in range(chart.n_hidden):
        outputs = hidden_outputs(chart, beta, rows, index)
        _, leads_to = chart.entries(index)
        for output in range(outputs.shape[1]):
            gradient = np.zeros(len(beta))
            around = outputs[:, output] - share @ outputs[:, output]
            for entry in np.flatnonzero(leads_to == output) + chart.parts()[index].start:
                more = beta.copy()
                more[entry] += 1.0
                moved = hidden_outputs(chart, more, rows, index)[:, output] - outputs[:, output]
                gradient[entry] = 2.0 * share @ (around * (moved - share @ moved))
            if gradient.any():
                found.append(gradient)
    return np.array(found)


def hidden_outputs(chart, beta, rows, index):
    network = chart.to_network(beta)
    return forward(network, inputs_at(network, rows.x))[1][index].outputs
