"""Keras 3 learns scikit-learn's iris under wandb's three callbacks, beside a callback of our own."""

import keras
import ledger
import numpy as np
import wandb
from sklearn.datasets import load_iris
from wandb.integration.keras import WandbEvalCallback, WandbMetricsLogger, WandbModelCheckpoint

EPOCHS, BATCH = 3, 30

keras.utils.set_random_seed(5)
x, y = load_iris(return_X_y=True)
order = np.random.default_rng(0).permutation(len(x))
x, y = x[order].astype("float32"), y[order]
rows: list[dict] = []


class Witness(keras.callbacks.Callback):
    """Keeps what Keras gives its callbacks; in the order in which wandb's own logs it."""

    batches = 0

    def rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))

    def on_train_batch_end(self, batch, logs=None) -> None:
        named = {f"batch/{key}": float(value) for key, value in logs.items()}
        rows.append({**named, "batch/batch_step": self.batches, "batch/learning_rate": self.rate()})
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None) -> None:
        named = {f"epoch/{key}": float(value) for key, value in logs.items()}
        rows.append({**named, "epoch/epoch": epoch, "epoch/learning_rate": self.rate()})


class Flowers(WandbEvalCallback):
    """Four flowers: what they are, and what the model says after each epoch."""

    def __init__(self) -> None:
        super().__init__(["index", "label"], ["epoch", "index", "label", "guess"])
        self.guesses: list[list[list[int]]] = []

    def add_ground_truth(self, logs=None) -> None:
        for index in range(4):
            self.data_table.add_data(index, int(y[index]))

    def add_model_predictions(self, epoch, logs=None) -> None:
        chosen = self.model.predict(x[:4], verbose=0).argmax(1)
        known = self.data_table_ref
        table = [[epoch, index, known.data[index][1], int(chosen[index])] for index in known.get_index()]
        for row in table:
            self.pred_table.add_data(*row)
        self.guesses.append(table)


run = wandb.init(config={"batch": BATCH, "backend": keras.backend.backend()})
model = keras.Sequential(
    [keras.layers.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3, activation="softmax")]
)
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
flowers = Flowers()
history = model.fit(
    x,
    y,
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_split=0.2,
    verbose=0,
    callbacks=[
        WandbMetricsLogger(log_freq="batch"),
        WandbModelCheckpoint("model-{epoch:02d}.keras"),
        flowers,
        Witness(),
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5),
    ],
)
saved = [ledger.sha256(f"model-{epoch:02d}.keras") for epoch in range(1, EPOCHS + 1)]
run.finish()
ledger.close(
    rows=rows,
    config={"batch": BATCH, "backend": keras.backend.backend()},
    losses=history.history["loss"],
    checkpoints=saved,
    guesses=flowers.guesses,
    labels=[[index, int(y[index])] for index in range(4)],
)
