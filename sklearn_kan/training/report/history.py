"""What happened along a fit, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

from ...network import Network


@dataclass(frozen=True)
class Record:
    """A stage of a fit.

    Parameters
    ----------
    stage : str
        What was done.
    n_iter : int or None
        Steps, iterations or epochs that it took.
    objective : float or None
        Mean loss plus penalties after it.
    log_evidence : float or None
    hidden : tuple of (int, int) or None
        Sum nodes and product nodes of each hidden layer.
    n_edges : int or None
        Edges that are there.
    grid_size : int or None
        Intervals of the inputs' grids.
    """

    stage: str
    n_iter: int | None = None
    objective: float | None = None
    log_evidence: float | None = None
    hidden: tuple[tuple[int, int], ...] | None = None
    n_edges: int | None = None
    grid_size: int | None = None

    def __str__(self) -> str:
        """Return one line that says what is known."""
        parts = []
        if self.n_iter is not None:
            parts.append(f"{self.n_iter} iterations")
        if self.objective is not None:
            parts.append(f"objective {self.objective:.6g}")
        if self.log_evidence is not None:
            parts.append(f"log-evidence {self.log_evidence:.6g}")
        if self.hidden is not None:
            parts.append(f"hidden nodes {widths(self.hidden)}")
        if self.n_edges is not None:
            parts.append(f"{self.n_edges} edges")
        if self.grid_size is not None:
            parts.append(f"{self.grid_size} intervals")
        return f"{self.stage}: {', '.join(parts)}" if parts else self.stage


@dataclass(frozen=True)
class Iteration:
    """A step of an optimiser, or an epoch.

    Parameters
    ----------
    n_iter : int
        Its number, from 1 on.
    objective : float
        Mean loss plus penalties after it.
    validation_loss : float or None
    """

    n_iter: int
    objective: float
    validation_loss: float | None = None

    def __str__(self) -> str:
        """Return one line that says what is known."""
        line = f"iteration {self.n_iter}: objective {self.objective:.6g}"
        if self.validation_loss is not None:
            line += f", validation loss {self.validation_loss:.6g}"
        return line


def widths(hidden: tuple[tuple[int, int], ...]) -> str:
    """Return the text for numbers of hidden nodes.

    >>> widths(((3, 0), (2, 1)))
    '3-2+1'
    """
    sizes = [f"{sums}+{products}" if products else str(sums) for sums, products in hidden]
    return "-".join(sizes) or "0"


def record_of(
    stage: str,
    network: Network,
    *,
    n_iter: int | None = None,
    objective: float | None = None,
    log_evidence: float | None = None,
) -> Record:
    """Return the record of a stage that ended with a network."""
    return Record(
        stage,
        n_iter,
        objective,
        log_evidence,
        tuple((layer.n_sums, layer.n_products) for layer in network.layers[:-1]),
        network.n_edges,
        network.grid_size,
    )
