# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "keras", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Keras 3, on its PyTorch backend: metrics of batches and epochs, checkpoints, and a table of what the model says.

make example NAME=keras
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")  # before keras is imported

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import runwell
from runwell.integrations.keras import EvalCallback, MetricsLogger, ModelCheckpoint

CONFIG = {"epochs": 6, "batch_size": 32, "lr": 2e-3, "channels": 16}
SHOWN = 24  # pictures in the table of predictions


class Predictions(EvalCallback):
    """The same pictures after every epoch, with what the model says of them by then."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        super().__init__(["picture", "digit"], ["epoch", "picture", "digit", "said", "score"])
        self.x, self.y = x, y
        self.pictures = [runwell.Image(picture[..., 0]) for picture in x]

    def add_ground_truth(self, logs: dict | None = None) -> None:
        for picture, digit in zip(self.pictures, self.y, strict=True):
            self.data_table.add_data(picture, int(digit))

    def add_model_predictions(self, epoch: int, logs: dict | None = None) -> None:
        scores = self.model.predict(self.x, verbose=0)
        for picture, digit, one in zip(self.pictures, self.y, scores, strict=True):
            self.pred_table.add_data(epoch, picture, int(digit), int(one.argmax()), float(one.max()))


def main() -> None:
    keras.utils.set_random_seed(0)
    pixels, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split((pixels / 16).reshape(-1, 8, 8, 1).astype("float32"), labels, random_state=0)
    with runwell.init(project="examples", name="keras", config=CONFIG) as run:
        run.define_metric("epoch/val_accuracy", summary="max", goal="maximize")
        model = keras.Sequential(
            [
                keras.layers.Input((8, 8, 1)),
                keras.layers.Conv2D(CONFIG["channels"], 3, padding="same", activation="relu"),
                keras.layers.MaxPooling2D(),
                keras.layers.Conv2D(2 * CONFIG["channels"], 3, padding="same", activation="relu"),
                keras.layers.Flatten(),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(keras.optimizers.Adam(CONFIG["lr"]), "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(
            x,
            y,
            batch_size=CONFIG["batch_size"],
            epochs=CONFIG["epochs"],
            validation_data=(x_val, y_val),
            verbose=2,
            callbacks=[
                MetricsLogger(log_freq=5),
                ModelCheckpoint("digits-{epoch:02d}.keras", monitor="val_accuracy", save_best_only=True),
                Predictions(x_val[:SHOWN], y_val[:SHOWN]),
            ],
        )


if __name__ == "__main__":
    main()
