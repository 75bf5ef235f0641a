"""``run.watch``: histograms of a torch model's gradients and parameters, every so many batches.

Between those batches a watched model has one hook more, which counts. On a batch that is looked at, hooks on
the parameters take their gradients, histograms are counted on the model's own device, and all of them travel
to the host in one transfer. They join the row that the script logs next after ``backward``.

It must never change what the model computes, nor fail it: what goes wrong is said once, and watching ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, kind_of, shorten
from runwell.wire.foreign import is_a, items_of

from .media.graph import Graph
from .media.histogram import Histogram
from .notices import warn_once

if TYPE_CHECKING:
    from .rows import Rows

BINS = 64
LONGEST_WORDS = 200  # characters of a layer's own words in a graph
DEFAULT_EVERY = 1_000  # batches; the official client's
_KINDS = {"gradients": (True, False), "parameters": (False, True), "all": (True, True), None: (False, False)}


class Watch:
    """Watches one model.

    Args:
        rows: takes what the next row shall have.
        model: a ``torch.nn.Module``.
        log: "gradients", "parameters", "all" or None.
        every: batches from one look to the next.
        prefix: of the names, "" for a run's first model.

    Raises:
        UsageError: it is no torch model, or an argument is none of these.
    """

    def __init__(self, rows: Rows, model: Any, log: str | None, every: int, prefix: str = "") -> None:
        if log not in _KINDS:
            raise UsageError(f"log {shorten(log)} is none of 'gradients', 'parameters', 'all', None")
        if not isinstance(every, int) or every < 1:
            raise UsageError(f"log_freq {shorten(every)} must be a number of batches, from 1")
        if not all(hasattr(type(model), name) for name in ("named_parameters", "register_forward_pre_hook")):
            raise UsageError(f"watch() takes a torch.nn.Module, not a {kind_of(model)} ({shorten(model)})")
        self._rows = rows
        self.model = model
        self._gradients, self._parameters = _KINDS[log]
        self._every = every
        self._prefix = prefix
        self._batch = 0
        self._hooks: list[Any] = []
        self._expected = False  # gradients of this batch are still to come
        self._counted: list[tuple[str, Any, Any]] = []  # name, counts and edges on the model's device
        self._counting = model.register_forward_pre_hook(self._next_batch) if log is not None else None

    def _next_batch(self, model: Any, _inputs: Any) -> None:
        if not model.training:
            return
        try:
            self._batch += 1
            if self._hooks or self._counted:
                self.flush()
            if self._batch % self._every == 0:
                self._look()
        except Exception as error:
            self.stop()
            warn_once(f"watch {type(error).__name__}", f"watch() ends: {type(error).__name__}: {error}")

    def _look(self) -> None:
        for name, parameter in self.model.named_parameters():
            if self._parameters:
                self._count(f"parameters/{self._prefix}{name}", parameter.detach())
            if self._gradients and parameter.requires_grad:
                self._hooks.append(parameter.register_hook(self._gradient_hook(f"gradients/{self._prefix}{name}")))
        self._expected = self._gradients
        self._rows.ask(self._hand_over)

    def _hand_over(self) -> bool:
        """Give the next row what was counted; False as long as this batch's ``backward`` hasn't been."""
        if self._expected and self._hooks:
            return False
        self.flush()
        return True

    def _gradient_hook(self, name: str) -> Callable[[Any], None]:
        def take(gradient: Any) -> None:
            try:
                self._expected = False
                self._count(name, gradient.detach())
            except Exception as error:  # within backward(): never the script's error
                warn_once(f"watch {type(error).__name__}", f"{name} is not watched: {type(error).__name__}: {error}")

        return take

    def _count(self, name: str, tensor: Any) -> None:
        import torch  # type: ignore[import-not-found]

        if tensor.is_sparse:
            tensor = tensor.coalesce().values()
        with torch.no_grad():
            values = (tensor.abs() if tensor.is_complex() else tensor).flatten().float()
            if not values.numel():
                return
            self._counted.append((name, *_counts_and_edges(values)))

    def flush(self) -> None:
        """Hand over what was counted, for the next row."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()
        counted, self._counted = self._counted, []
        if not counted:
            return
        import torch  # type: ignore[import-not-found]

        table = torch.stack([torch.cat((counts, edges)) for _, counts, edges in counted]).cpu().tolist()
        made: dict[str, Any] = {}
        for (name, _, _), numbers in zip(counted, table, strict=True):
            histogram = _histogram(numbers[:BINS], numbers[BINS:])
            if histogram is not None:
                made[name] = histogram
        self._rows.attach(made)

    def stop(self) -> None:
        """Take every hook away."""
        for hook in (self._counting, *self._hooks):
            if hook is not None:
                hook.remove()
        self._counting = None
        self._hooks.clear()
        self._counted.clear()


def _counts_and_edges(values: Any) -> tuple[Any, Any]:
    """Count values in equal bins from the least to the greatest of them; those that aren't finite in none.

    Args:
        values: (n,) n > 0.

    Returns:
        Counts (BINS,) and edges (BINS + 1,), on the device of the values; edges are no numbers where no value is.
    """
    import torch  # type: ignore[import-not-found]

    finite = torch.isfinite(values)
    if values.device.type == "cpu":  # nothing to wait for: torch's own count is the quickest
        if not finite.all():
            values = values[finite]
        if not values.numel():
            return torch.zeros(BINS), torch.full((BINS + 1,), float("nan"))
        least, most = values.min().item(), values.max().item()
        return torch.histc(values, BINS, least, most), torch.linspace(least, most, BINS + 1)
    # Nothing here waits for the device: no value is read before the one transfer in ``flush``.
    inf = float("inf")
    least = torch.where(finite, values, inf).min()
    most = torch.where(finite, values, -inf).max()
    places = torch.arange(BINS + 1, device=values.device)
    edges = least + (most - least) / BINS * places
    edges[-1] = most
    bins = torch.searchsorted(edges, torch.where(finite, values, least), right=True) - 1
    counts = torch.zeros(BINS, device=values.device)
    return counts.scatter_add_(0, bins.clamp_(0, BINS - 1), finite.float()), edges  # the last bin has both its edges


def _histogram(counts: Sequence[float], edges: Sequence[float]) -> Histogram | None:
    least, most = edges[0], edges[-1]
    if not least <= most or most - least == float("inf"):  # no finite value at all
        return None
    numbers = [int(count) for count in counts]
    if least == most:  # one value: a bin of its own, as numpy draws it
        width = 1 / BINS
        edges = [least - 0.5 + width * place for place in range(BINS)] + [most + 0.5]
        numbers = [0] * BINS
        numbers[BINS // 2] = int(sum(counts))
    return Histogram(np_histogram=(numbers, list(edges)))


def graph_of(model: Any, keep: Callable[[Graph], None]) -> list[Any]:
    """Draw a model's layers at its first batch, in the order in which they ran.

    Args:
        model: a ``torch.nn.Module``.
        keep: takes the graph when it is whole.

    Returns:
        The hooks, to be removed by whoever stops before that.
    """
    graph = Graph("torch")
    hooks: list[Any] = []

    def draw(name: str) -> Callable[..., None]:
        def after(layer: Any, _inputs: Any, output: Any) -> None:
            try:
                own = [(key, list(value.shape)) for key, value in layer.named_parameters(recurse=False)]
                node = graph.add_node(
                    id=name,
                    name=name,
                    class_name=_described(layer),
                    parameters=own,
                    num_parameters=[_product(shape) for _, shape in own],
                    output_shape=_shape(output),
                )
                if len(graph.nodes) > 1:
                    graph.add_edge(graph.nodes[-2], node)
            except Exception as error:
                warn_once("graph", f"layer {name} is not drawn: {type(error).__name__}: {error}")

        return after

    def whole(*_: Any) -> None:
        for hook in hooks:
            hook.remove()
        if graph.nodes:
            keep(graph)

    for name, layer in model.named_modules():
        if not list(layer.children()):
            hooks.append(layer.register_forward_hook(draw(name or type(layer).__name__)))
    hooks.append(model.register_forward_hook(whole))
    return hooks


def _described(layer: Any) -> str:
    """Give a layer's own words (``Conv2d(1, 8, kernel_size=(3, 3))``), or its class where they are long."""
    words = str(layer)
    return words if len(words) <= LONGEST_WORDS and "\n" not in words else type(layer).__name__


def _product(shape: Sequence[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _shape(output: Any) -> Any:
    if isinstance(output, (tuple, list)):
        return [_shape(one) for one in output]
    return list(output.shape) if hasattr(output, "shape") else None


class Watches:
    """The watched models of one run.

    Args:
        rows: takes what the next row shall have.
        summarise: takes (key, value) for the summary.
    """

    def __init__(self, rows: Rows, summarise: Callable[[str, Any], None]) -> None:
        self._rows = rows
        self._summarise = summarise
        self._watched: list[Watch] = []
        self._drawing: list[Any] = []
        self._number = 0

    def add(self, models: Any, log: str | None, log_freq: int, idx: int | None, log_graph: bool) -> None:
        """Watch one model or several; see ``Run.watch``."""
        for model in items_of(models, "watch()") if is_a(models, list, tuple) else (models,):
            if any(watch.model is model for watch in self._watched):
                raise UsageError("this model is watched already; unwatch() it first")
            number = self._number if idx is None else idx
            watch = Watch(self._rows, model, log, log_freq, f"graph_{number}" if number else "")
            self._watched.append(watch)
            self._number += 1
            if log_graph:
                key = f"graph_{number}"
                self._drawing += graph_of(model, lambda graph, key=key: self._summarise(key, graph))

    def remove(self, models: Any) -> None:
        """Stop watching these models, or all."""
        chosen = models if isinstance(models, (list, tuple)) else None if models is None else (models,)
        for watch in list(self._watched):
            if chosen is None or any(watch.model is model for model in chosen):
                watch.flush()
                watch.stop()
                self._watched.remove(watch)
        if chosen is None:
            for hook in self._drawing:
                hook.remove()
            self._drawing.clear()
