"""What happened along a fit, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

from ..network import Network


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
            parts.append(f"hidden nodes {_widths(self.hidden)}")
        if self.n_edges is not None:
            parts.append(f"{self.n_edges} edges")
        if self.grid_size is not None:
            parts.append(f"{self.grid_size} intervals")
        return f"{self.stage}: {', '.join(parts)}"


def _widths(hidden: tuple[tuple[int, int], ...]) -> str:
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


def candidate_names(stages: tuple[int, ...], number: int) -> list[str]:
    """Return what the first fits of an automatic architecture are called, in their order.

    Parameters
    ----------
    stages : tuple of int
        Hidden nodes at each stage of growth, the first one 0.
    number : int
        How many fits there are.
    """
    first = ["additive", "a curve of a sum of curves", "1 node", "1 node, curved"]
    if number <= len(first):
        return first[:number]
    grown = [f"{nodes} nodes" for nodes in stages[2 : max(number - 3, 3)]]
    return [*first, *grown, f"{grown[-1]}, curved"][:number]
