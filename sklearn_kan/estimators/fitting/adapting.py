"""What becomes of a fitted encoding and its network when rows of another kind come.

Scales are set from the rows that are seen first. Where these say nothing, as a column or y does
not vary, scales are set by the first that do; and y gets another scale where the first rows had a
fraction of its spread.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...network import Network, hold_inputs, rescale_inputs, rescale_outputs
from ...training.objective.losses import Loss
from ..encoding.data import Data
from ..encoding.encoding import Encoding
from ..encoding.scaling import Scaling, pooled, standardise_bulk
from ..encoding.target import NumericTarget, TargetCode

# Batches of y that are beyond so many times its scale get it another one.
_WIDER = 3.0
# Scales and offsets that differ by more than this cannot be changed exactly.
_LARGEST_CHANGE = 1e10


def widened(encoding: Encoding, fresh: Encoding, data: Data, weight: float) -> Encoding:
    """Return the encoding of a batch, and of rows of some weight that were seen before.

    Parameters
    ----------
    encoding : Encoding
        So far.
    fresh : Encoding
        Of the batch alone.
    data : Data
        The batch.
    weight : float
    """
    return replace(
        encoding,
        x_scaling=_with_columns_that_vary(encoding.x_scaling, data, weight),
        target=_wider(encoding.target, fresh.target, weight, float(data.weights.sum())),
    )


def _with_columns_that_vary(scaling: Scaling, data: Data, weight: float) -> Scaling:
    """Set the scales of columns that were constant so far; their value then counts as a row."""
    fixed = np.isinf(scaling.scale)
    if not fixed.any():
        return scaling
    x = np.concatenate([scaling.center[None], data.X])[:, fixed]
    own = standardise_bulk(x, np.concatenate([[max(weight, 1.0)], data.weights]))
    center, scale = scaling.center.copy(), scaling.scale.copy()
    center[fixed], scale[fixed] = own.center, own.scale
    return Scaling(center, scale)


def _wider(target: TargetCode, fresh: TargetCode, before: float, now: float) -> TargetCode:
    """Return the target's code, for y that varies more than it did so far."""
    if not (isinstance(target, NumericTarget) and isinstance(fresh, NumericTarget)):
        return target
    old, new = target.scaling, fresh.scaling
    spread = np.hypot(new.unit, new.center - old.center)
    wider = spread > _WIDER * old.unit
    if not wider.any():
        return target
    both = pooled(old, new, before, now)
    alone = np.isinf(old.scale) & np.isfinite(new.scale)
    center, scale = np.where(alone, [new.center, new.scale], [both.center, both.scale])
    center, scale = np.where(wider, [center, scale], [old.center, old.scale])
    return replace(target, scaling=Scaling(center, scale))


def translated(network: Network, old: Encoding, new: Encoding, loss: Loss) -> Network | None:
    """Return the network that predicts under another encoding what it did under the old one.

    Parameters
    ----------
    network : Network
    old, new : Encoding
    loss : Loss

    Returns
    -------
    Network or None
        Of columns that did not vary it does not know more than before. None where the
        encodings are too far apart.
    """
    first, second = old.x_scaling, new.x_scaling
    was_fixed, is_fixed = np.isinf(first.scale), np.isinf(second.scale)
    with np.errstate(over="ignore", invalid="ignore"):
        shift = np.where(was_fixed, 0.0, (second.center - first.center) / first.scale)
        scale = np.where(was_fixed | is_fixed, 1.0, second.scale / first.scale)
    if not _is_exact(shift, scale):
        return None
    network = without_columns(network, old, new)
    if shift.any() or (scale != 1.0).any():
        network = rescale_inputs(network, shift, scale)
    if not (isinstance(old.target, NumericTarget) and isinstance(new.target, NumericTarget)):
        return network
    first, second = old.target.scaling, new.target.scaling
    was_fixed, is_fixed = np.isinf(first.scale), np.isinf(second.scale)
    with np.errstate(over="ignore", invalid="ignore"):
        if loss.has_log_link:
            shift, scale = np.log(second.scale / first.scale), np.ones_like(first.scale)
        else:
            known = np.where(was_fixed, second.scale, first.scale)
            shift = np.where(is_fixed, 0.0, (second.center - first.center) / known)
            scale = np.where(was_fixed, np.inf, second.scale / first.scale)
            scale = np.where(is_fixed, 1.0, scale)
    if not _is_exact(shift, np.where(np.isinf(scale), 1.0, scale)):
        return None
    if shift.any() or (scale != 1.0).any():
        network = rescale_outputs(network, shift, scale)
    return network


def without_columns(network: Network, old: Encoding, new: Encoding) -> Network:
    """Return the network without edges from columns that vary now and did not before."""
    news = is_new(old, new)
    return hold_inputs(network, news) if news.any() else network


def is_new(old: Encoding, new: Encoding) -> np.ndarray:
    """Tell which columns (p,) vary now and did not before."""
    now: np.ndarray = np.isinf(old.x_scaling.scale) & ~np.isinf(new.x_scaling.scale)
    return now


def _is_exact(shift: np.ndarray, scale: np.ndarray) -> bool:
    near = np.abs(shift) < _LARGEST_CHANGE
    alike = (scale > 1.0 / _LARGEST_CHANGE) & (scale < _LARGEST_CHANGE)
    return bool((near & alike).all())


def encoded_anew(y: np.ndarray, old: TargetCode, new: TargetCode) -> np.ndarray:
    """Return encoded targets (n, q) as another code has them."""
    if isinstance(old, NumericTarget) and isinstance(new, NumericTarget) and new is not old:
        return new.encode(old.decode(y))
    return y
