"""``tf.summary`` under ``sync_tensorboard``: eager and within a ``tf.function``, two folders, and Keras's callback."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import ledger
import numpy as np
import wandb

STEPS = 20

wandb.tensorboard.patch(root_logdir="tf")
run = wandb.init(config={"steps": STEPS})

import keras  # noqa: E402  after the patch, as scripts do that import TensorFlow late
import tensorflow as tf  # noqa: E402

rng = np.random.default_rng(1)
picture = rng.integers(0, 256, (6, 9, 3), dtype=np.uint8)
weights = np.arange(50, dtype=np.float32)
train, val = tf.summary.create_file_writer("tf/train"), tf.summary.create_file_writer("tf/val")
scalars: dict[str, list] = {"train/loss": [], "train/rate": [], "val/acc": []}


@tf.function
def learn(step: tf.Tensor) -> tf.Tensor:
    loss = 1 / (tf.cast(step, tf.float32) + 1)
    with train.as_default(step):
        tf.summary.scalar("loss", loss)
    return loss


for step in range(STEPS):
    loss = learn(tf.constant(step, tf.int64)).numpy()
    rate, acc = 0.1 * 0.5**step, step / STEPS
    with train.as_default(step):
        tf.summary.scalar("rate", rate)
    with val.as_default(step):
        tf.summary.scalar("acc", acc)
    for name, value in (("train/loss", loss), ("train/rate", rate), ("val/acc", acc)):
        scalars[name].append([step, float(np.float32(value))])
with train.as_default(STEPS - 1):
    tf.summary.histogram("weights", weights)
    tf.summary.image("picture", picture[None])
    tf.summary.text("note", "half way")
train.close()
val.close()

x = rng.random((40, 4)).astype("float32")
model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(1)])
model.compile("sgd", "mse")
told = model.fit(
    x, x.sum(1), epochs=4, verbose=0, callbacks=[keras.callbacks.TensorBoard("tf/keras", write_graph=False)]
)
run.finish()  # no writer of Keras's was closed or flushed by us
scalars["keras/train/epoch_loss"] = [[n, float(np.float32(loss))] for n, loss in enumerate(told.history["loss"])]
ledger.close(config={"steps": STEPS}, scalars=scalars, picture=picture.ravel().tolist(), weights=len(weights))
