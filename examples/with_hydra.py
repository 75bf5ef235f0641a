# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "hydra-core", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Hydra: the configuration that it composed is the run's config; a multirun is a group.

make example NAME=hydra
make example NAME=hydra ARGS='model.hidden=16 optimizer.lr=0.01'
make example NAME=hydra ARGS='--multirun optimizer.lr=0.1,0.01,0.001'
"""

from __future__ import annotations

from dataclasses import dataclass, field

import hydra
from hydra.core.config_store import ConfigStore
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from runwell.integrations.hydra import init


@dataclass
class Model:
    hidden: int = 64
    alpha: float = 1e-4


@dataclass
class Optimizer:
    lr: float = 3e-3
    batch_size: int = 32


@dataclass
class Config:
    epochs: int = 30
    seed: int = 0
    model: Model = field(default_factory=Model)
    optimizer: Optimizer = field(default_factory=Optimizer)


ConfigStore.instance().store("digits", Config)


@hydra.main(version_base=None, config_name="digits")
def main(config: Config) -> None:
    pixels, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(pixels / 16, labels, random_state=config.seed)
    model = MLPClassifier(
        (config.model.hidden,),
        alpha=config.model.alpha,
        learning_rate_init=config.optimizer.lr,
        batch_size=config.optimizer.batch_size,
        random_state=config.seed,
    )
    with init(config, project="examples") as run:
        run.define_metric("val/accuracy", summary="max", goal="maximize")
        for epoch in range(config.epochs):
            model.partial_fit(x, y, classes=range(10))
            run.log(
                {
                    "epoch": epoch,
                    "train/loss": model.loss_,
                    "train/accuracy": model.score(x, y),
                    "val/accuracy": model.score(x_val, y_val),
                }
            )


if __name__ == "__main__":
    main()
