"""PyTorch without a framework above it: the usual bookkeeping of a plain training loop.

from runwell.integrations.torch import Loop
loop = Loop(model, optimizer)
for epoch in loop.epochs(10):
    for x, y in loop.batches(train):
        loss = …
        loop.log(loss=loss)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from .current_run import demand_run

T = TypeVar("T")


class Loop:
    """Counts epochs and batches, and logs with them the learning rate and how fast batches go.

    Args:
        model: counted and, if asked, watched.
        optimizer: whose learning rate is logged.
        log_every: batches from one row to the next.
        watch: "gradients", "parameters" or "all": histograms of the model; see ``Run.watch``.

    Raises:
        UsageError: there is no run.
    """

    def __init__(self, model: Any = None, optimizer: Any = None, log_every: int = 1, watch: str | None = None) -> None:
        self._run = demand_run()
        self._optimizer = optimizer
        self._every = max(1, log_every)
        self.epoch = 0
        self.batch = 0
        self._begun = time.perf_counter()
        self._since = 0
        if model is not None:
            trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
            whole = sum(p.numel() for p in model.parameters())
            self._run.config.update({"parameters": whole, "trainable_parameters": trained}, allow_val_change=True)
            if watch:
                self._run.watch(model, log=watch)

    def epochs(self, count: int) -> Iterator[int]:
        """Yield the numbers of so many epochs, going on where an earlier call ended."""
        for _ in range(count):
            yield self.epoch
            self.epoch += 1

    def batches(self, loader: Iterable[T]) -> Iterator[T]:
        """Yield batches and count them."""
        for batch in loader:
            yield batch
            self.batch += 1

    def log(self, **values: Any) -> None:
        """Log a batch's values, every so many batches: tensors of one item as numbers."""
        self._since += 1
        if self.batch % self._every:
            return
        now = time.perf_counter()
        row: dict[str, Any] = {"epoch": self.epoch, "batch": self.batch, **values}
        row["batches_per_s"] = self._since / max(now - self._begun, 1e-9)
        if self._optimizer is not None:
            row["learning_rate"] = self._optimizer.param_groups[0]["lr"]
        self._begun, self._since = now, 0
        self._run.log(row)
