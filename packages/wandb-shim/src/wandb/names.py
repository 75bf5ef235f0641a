"""Names that are imported when they are first used: which module of Runwell, or of this package, has them."""

from __future__ import annotations

_MEDIA = "runwell.sdk.media"

# name: (module, name there)
NAMES: dict[str, tuple[str, str]] = {
    "Settings": ("runwell", "Settings"),
    "Config": ("runwell.sdk.config", "Config"),
    "Run": ("runwell.sdk.run", "Run"),
    "Summary": ("runwell.sdk.summary", "Summary"),
    "Api": ("runwell", "Api"),
    "PublicApi": ("runwell", "Api"),
    "Artifact": ("wandb.artifact", "Artifact"),
    "AlertLevel": ("wandb.alert_level", "AlertLevel"),
    "Image": (f"{_MEDIA}.image", "Image"),
    "Audio": (f"{_MEDIA}.audio", "Audio"),
    "Video": (f"{_MEDIA}.video", "Video"),
    "Table": (f"{_MEDIA}.table", "Table"),
    "JoinedTable": ("wandb.data_types", "JoinedTable"),
    "Html": (f"{_MEDIA}.html", "Html"),
    "Object3D": (f"{_MEDIA}.object3d", "Object3D"),
    "Molecule": (f"{_MEDIA}.molecule", "Molecule"),
    "Histogram": (f"{_MEDIA}.histogram", "Histogram"),
    "Plotly": (f"{_MEDIA}.plotly", "Plotly"),
    "Graph": (f"{_MEDIA}.graph", "Graph"),
    "Node": ("wandb.data_types", "Node"),
    "Classes": ("wandb.data_types", "Classes"),
    "plot_table": ("runwell.sdk.plot", "plot_table"),
    "api": ("wandb.calls", "api"),
}
# Submodules that are attributes without having been imported.
MODULES = (
    "apis",
    "catboost",
    "data_types",
    "env",
    "errors",
    "gym",
    "integration",
    "jupyter",
    "keras",
    "lightgbm",
    "old",
    "plot",
    "sacred",
    "sdk",
    "sklearn",
    "tensorboard",
    "tensorflow",
    "util",
    "wandb_run",
    "xgboost",
)
# Of the client of Weights & Biases, and not of Runwell.
ABSENT = ("Bokeh", "EvalTable", "Evaluation", "PartitionedTable", "launch", "sandbox")
