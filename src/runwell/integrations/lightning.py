"""PyTorch Lightning: a logger for ``Trainer(logger=…)``.

from runwell.integrations.lightning import Logger
trainer = lightning.Trainer(logger=Logger(project="digits"))
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import runwell

from .current_run import log_model

try:
    from lightning.pytorch.loggers.logger import Logger as BaseLogger  # type: ignore[import-not-found]
    from lightning.pytorch.loggers.logger import rank_zero_experiment
    from lightning.pytorch.utilities import rank_zero_only  # type: ignore[import-not-found]
except ImportError:  # the older distribution, under the older name
    from pytorch_lightning.loggers.logger import Logger as BaseLogger  # type: ignore[import-not-found]
    from pytorch_lightning.loggers.logger import rank_zero_experiment
    from pytorch_lightning.utilities import rank_zero_only  # type: ignore[import-not-found]

STEP = "trainer/global_step"


class Logger(BaseLogger):  # type: ignore[misc]
    """Logs what a LightningModule logs; the process of rank 0 alone has a run.

    Args:
        name: the run's name.
        project, id, group, tags, notes: as ``runwell.init`` takes them.
        save_dir: the directory that holds ``runwell/``.
        offline: keep the run here.
        log_model: True logs the best and the last checkpoint as artifacts at the end, "all" each as it is saved.
        prefix: in front of every metric's name.
        experiment: a run that is there already.
        options: further arguments of ``runwell.init``.
    """

    def __init__(
        self,
        name: str | None = None,
        save_dir: str | Path = ".",
        offline: bool = False,
        id: str | None = None,  # noqa: A002
        project: str | None = None,
        log_model: bool | str = False,
        prefix: str = "",
        experiment: Any = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self._name, self._id, self._project = name, id, project
        self._options = {"dir": str(save_dir), "mode": "offline" if offline else None, **options}
        self._log_model = log_model
        self._prefix = f"{prefix}/" if prefix else ""
        self._experiment = experiment
        self._checkpoint: Any = None
        self._kept: set[str] = set()

    @property
    @rank_zero_experiment
    def experiment(self) -> Any:
        """The run, begun when it is first needed."""
        if self._experiment is None:
            current = runwell.run
            self._experiment = current or runwell.init(
                project=self._project, name=self._name, id=self._id, resume="allow" if self._id else None,
                **self._options,
            )  # fmt: skip
            self._experiment.define_metric(STEP)
            self._experiment.define_metric("*", step_metric=STEP, step_sync=True)
        return self._experiment

    @property
    def name(self) -> str | None:
        """The project, as Lightning calls the first part of a checkpoint's path."""
        return self._project

    @property
    def version(self) -> str | None:
        """The run's id."""
        return self._experiment.id if self._experiment is not None else self._id

    @property
    def save_dir(self) -> str:
        """The directory that holds ``runwell/``."""
        return str(self._options["dir"])

    @rank_zero_only
    def log_hyperparams(self, params: dict[str, Any] | Namespace, *_: Any, **__: Any) -> None:
        """Keep hyperparameters as config."""
        given = vars(params) if isinstance(params, Namespace) else dict(params)
        self.experiment.config.update(_plain(given), allow_val_change=True)

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log one row."""
        row = {f"{self._prefix}{name}": value for name, value in metrics.items()}
        if step is not None:
            row[STEP] = step
        self.experiment.log(row)

    @rank_zero_only
    def log_table(
        self, key: str, columns: Any = None, data: Any = None, dataframe: Any = None, step: Any = None
    ) -> None:
        """Log a table."""
        self.log_metrics({key: runwell.Table(columns=columns, data=data, dataframe=dataframe)}, step)  # type: ignore[dict-item]

    @rank_zero_only
    def log_text(
        self, key: str, columns: Any = None, data: Any = None, dataframe: Any = None, step: Any = None
    ) -> None:
        """Log texts, as a table."""
        self.log_table(key, columns, data, dataframe, step)

    @rank_zero_only
    def log_image(self, key: str, images: Sequence[Any], step: int | None = None, **options: Any) -> None:
        """Log images; each option is a list of one value an image (``caption``, ``boxes``, ``masks``)."""
        self._log_media(runwell.Image, key, images, step, options)

    @rank_zero_only
    def log_audio(self, key: str, audios: Sequence[Any], step: int | None = None, **options: Any) -> None:
        """Log sounds; each option is a list of one value a sound (``caption``, ``sample_rate``)."""
        self._log_media(runwell.Audio, key, audios, step, options)

    @rank_zero_only
    def log_video(self, key: str, videos: Sequence[Any], step: int | None = None, **options: Any) -> None:
        """Log videos; each option is a list of one value a video (``caption``, ``fps``, ``format``)."""
        self._log_media(runwell.Video, key, videos, step, options)

    @rank_zero_only
    def log_html(self, key: str, htmls: Sequence[Any], step: int | None = None, **options: Any) -> None:
        """Log pages; each option is a list of one value a page (``inject``)."""
        self._log_media(runwell.Html, key, htmls, step, options)

    def _log_media(
        self, kind: Any, key: str, items: Sequence[Any], step: int | None, options: Mapping[str, Sequence[Any]]
    ) -> None:
        if isinstance(items, (str, bytes)) or not hasattr(items, "__len__"):
            raise runwell.UsageError(f"{key}: a list is logged, not a {type(items).__name__}")
        for name, values in options.items():
            if len(values) != len(items):
                raise runwell.UsageError(f"{key}: {len(values)} values of {name} for {len(items)} items")
        made = [
            item if isinstance(item, kind) else kind(item, **{name: values[n] for name, values in options.items()})
            for n, item in enumerate(items)
        ]
        self.log_metrics({key: made}, step)  # type: ignore[dict-item]

    def watch(self, model: Any, log: str | None = "gradients", log_freq: int = 100, log_graph: bool = True) -> None:
        """Record histograms of a model's gradients or parameters; see ``Run.watch``."""
        self.experiment.watch(model, log=log, log_freq=log_freq, log_graph=log_graph)

    def unwatch(self, model: Any = None) -> None:
        """Stop watching."""
        self.experiment.unwatch(model)

    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Keep checkpoints, if asked."""
        self._checkpoint = checkpoint_callback
        if self._log_model == "all":
            self._keep_checkpoints()

    @rank_zero_only
    def finalize(self, status: str) -> None:
        """Keep the checkpoints at the end of a training, if asked; the run goes on."""
        if self._log_model is True and status == "success":
            self._keep_checkpoints()

    @rank_zero_only
    def _keep_checkpoints(self) -> None:
        callback = self._checkpoint
        named = {name: str(getattr(callback, name, "") or "") for name in ("best_model_path", "last_model_path")}
        for path in sorted({*named.values()} - {""} - self._kept):
            if Path(path).is_file():
                self._kept.add(path)
                aliases = [name.partition("_")[0] for name, one in named.items() if one == path]
                log_model(self.experiment, path, *(alias for alias in aliases if alias != "last"))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make hyperparameters JSON-like; what is no value is kept as the text it has."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Namespace):
            value = vars(value)
        if isinstance(value, Mapping):
            made[str(name)] = _plain(value)
        elif isinstance(value, (bool, int, float, str, list, tuple, type(None))) or hasattr(value, "item"):
            made[str(name)] = value
        else:  # of a function or a class its name: its text has an address
            made[str(name)] = str(getattr(value, "__name__", value))
    return made
