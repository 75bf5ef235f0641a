"""Accelerate: a tracker for ``Accelerator(log_with=…)``.

from runwell.integrations.accelerate import Tracker
accelerator = Accelerator(log_with=Tracker("digits"))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accelerate.tracking import GeneralTracker, on_main_process  # type: ignore[import-not-found]

import runwell


class Tracker(GeneralTracker):  # type: ignore[misc]
    """Logs what an Accelerator is told; the main process alone has a run.

    Args:
        project: the project.
        options: further arguments of ``runwell.init``.
    """

    name = "runwell"
    requires_logging_directory = False
    main_process_only = True

    @on_main_process
    def __init__(self, project: str, **options: Any) -> None:
        super().__init__()
        self.run = runwell.run or runwell.init(project=project, **options)

    @property
    def tracker(self) -> Any:
        """The run."""
        return self.run

    @on_main_process
    def store_init_configuration(self, values: Mapping[str, Any]) -> None:
        """Keep values as config."""
        self.run.config.update(dict(values), allow_val_change=True)

    @on_main_process
    def log(self, values: Mapping[str, Any], step: int | None = None, **_: Any) -> None:
        """Log one row."""
        self.run.log(dict(values), step=step)

    @on_main_process
    def log_images(self, values: Mapping[str, Any], step: int | None = None, **options: Any) -> None:
        """Log lists of images by key."""
        made = {name: [runwell.Image(image, **options) for image in images] for name, images in values.items()}
        self.run.log(made, step=step)

    @on_main_process
    def log_table(
        self, table_name: str, columns: Any = None, data: Any = None, dataframe: Any = None, step: int | None = None,
        **_: Any,
    ) -> None:  # fmt: skip
        """Log a table."""
        self.run.log({table_name: runwell.Table(columns=columns, data=data, dataframe=dataframe)}, step=step)

    @on_main_process
    def finish(self) -> None:
        """End the run."""
        self.run.finish()
