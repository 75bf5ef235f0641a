"""Trains a small network on scikit-learn's handwritten digits and records everything about it.

    python examples/digits.py --hidden 128 --lr 0.1

What matters for Runwell is in `main`: `init` with the hyperparameters, `log` once a step. The rest is an
ordinary training loop, in NumPy so that nothing large has to be installed.
"""

from __future__ import annotations

import argparse
import itertools
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

import runwell

Row = dict[str, Any]
DIGITS = [str(digit) for digit in range(10)]
MISTAKES = 12  # pictures of one row
LEAK = 0.1  # slope of the activation below zero


def main() -> None:
    arguments = parse_arguments()
    config = {k: v for k, v in vars(arguments).items() if k not in ("tags", "notes", "group", "pause")}
    with runwell.init(
        project="digits", group=arguments.group, tags=arguments.tags, notes=arguments.notes, config=config
    ) as run:
        run.define_metric("epoch", hidden=True)
        run.define_metric("val/accuracy", summary="copy,max", goal="maximize")  # the last one, and the best beside it
        run.define_metric("val/loss", summary="copy,min", goal="minimize")
        for row in train(arguments):
            run.log(row)


def train(arguments: argparse.Namespace) -> Iterator[Row]:
    """Train, and give one row of metrics a step; the last row of an epoch has the validation metrics too."""
    images, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(images / 16.0, labels, test_size=0.25, random_state=0)
    rng = np.random.default_rng(arguments.seed)
    network = Network([64, *arguments.hidden, 10], arguments.momentum, rng)
    steps_per_epoch = len(x) // arguments.batch_size
    for epoch in range(arguments.epochs):
        order = rng.permutation(len(x))
        busy_s = 0.0
        for step in range(steps_per_epoch):
            started = time.perf_counter()
            batch = order[step * arguments.batch_size : (step + 1) * arguments.batch_size]
            lr = learning_rate(arguments, (epoch + step / steps_per_epoch) / arguments.epochs)
            loss, gradient_norm = network.learn(x[batch], y[batch], lr)
            busy_s += time.perf_counter() - started
            row = {
                "epoch": epoch,
                "train/loss": loss,
                "optim/lr": lr,
                "optim/gradient_norm": gradient_norm,
            }
            if step == steps_per_epoch - 1:
                row["perf/samples_per_s"] = steps_per_epoch * arguments.batch_size / busy_s
                row |= evaluate(network, "train", x, y) | evaluate(network, "val", x_val, y_val)
                row["optim/weight_norm"] = network.weight_norm()
                if epoch % 5 == 4:
                    row |= look_closer(network, x_val, y_val)
                if arguments.save_to and epoch % 5 == 4:
                    np.savez(arguments.save_to / f"epoch-{epoch}.npz", *network.weights)
            time.sleep(arguments.pause)
            yield row
        print(
            f"epoch {epoch + 1:3}/{arguments.epochs}  loss {loss:.4f}  val accuracy {row['val/accuracy']:.4f}",
            flush=True,
        )


class Network:
    """Fully connected layers with leaky ReLU and a softmax, trained by stochastic gradient descent with momentum."""

    def __init__(self, sizes: list[int], momentum: float, rng: np.random.Generator) -> None:
        pairs = list(itertools.pairwise(sizes))
        self.weights = [rng.normal(0, math.sqrt(2 / fan_in), (fan_in, fan_out)) for fan_in, fan_out in pairs]
        self.weights += [np.zeros(fan_out) for _, fan_out in pairs]
        self.velocity = [np.zeros_like(weight) for weight in self.weights]
        self.momentum = momentum
        self.depth = len(pairs)

    def forward(self, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Give the input of every layer and the probabilities of the classes, shape (n, classes)."""
        inputs = [x]
        for layer in range(self.depth - 1):
            out = inputs[-1] @ self.weights[layer] + self.weights[self.depth + layer]
            inputs.append(np.maximum(out, LEAK * out))
        # The textbook's softmax, without the usual shift: where training diverges it overflows, and NaN shows.
        scores = np.exp(inputs[-1] @ self.weights[self.depth - 1] + self.weights[-1])
        return inputs, scores / scores.sum(axis=1, keepdims=True)

    def learn(self, x: np.ndarray, y: np.ndarray, lr: float) -> tuple[float, float]:
        """Take one step on a batch; gives its mean loss before the step and the gradient's norm."""
        inputs, error = self.forward(x)
        loss = cross_entropy(error, y)
        error[np.arange(len(y)), y] -= 1
        error /= len(y)
        gradients: list[np.ndarray] = [np.empty(0)] * len(self.weights)
        for layer in reversed(range(self.depth)):
            gradients[layer] = inputs[layer].T @ error
            gradients[self.depth + layer] = error.sum(axis=0)
            error = (error @ self.weights[layer].T) * np.where(inputs[layer] > 0, 1, LEAK)
        for weight, velocity, gradient in zip(self.weights, self.velocity, gradients, strict=True):
            velocity *= self.momentum
            velocity -= lr * gradient
            weight += velocity
        return loss, float(np.sqrt(sum(np.square(gradient).sum() for gradient in gradients)))

    def weight_norm(self) -> float:
        return float(np.sqrt(sum(np.square(weight).sum() for weight in self.weights)))


def evaluate(network: Network, section: str, x: np.ndarray, y: np.ndarray) -> Row:
    _, probabilities = network.forward(x)
    guesses = probabilities.argmax(axis=1)
    metrics = {f"{section}/accuracy": float((guesses == y).mean())}
    if section == "val":
        metrics["val/loss"] = cross_entropy(probabilities, y)
        metrics["val/f1"] = float(f1_score(y, guesses, average="macro"))
    return metrics


def look_closer(network: Network, x: np.ndarray, y: np.ndarray) -> Row:
    """Give what a number doesn't show: digits that were taken for others, which for which, the weights."""
    _, probabilities = network.forward(x)
    guesses = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(guesses != y)[:MISTAKES]
    row: Row = {
        "val/confusion": runwell.plot.confusion_matrix(y_true=y, preds=guesses, class_names=DIGITS),
        "optim/first_layer": runwell.Histogram(network.weights[0]),
    }
    if len(wrong):
        row["val/mistakes"] = [
            runwell.Image(np.kron(x[n].reshape(8, 8), np.ones((8, 8))), caption=f"{y[n]}, taken for {guesses[n]}")
            for n in wrong
        ]
    return row


def cross_entropy(probabilities: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(np.maximum(probabilities[np.arange(len(y)), y], 1e-12)).mean())


def learning_rate(arguments: argparse.Namespace, progress: float) -> float:
    """Warm up over the first twentieth of training, then stay, or fall along a cosine to zero."""
    warm = min(1.0, (progress + 1e-3) / 0.05)
    return arguments.lr * warm * (0.5 * (1 + math.cos(math.pi * progress)) if arguments.schedule == "cosine" else 1.0)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hidden", type=int, nargs="*", default=[64], help="sizes of the hidden layers")
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--schedule", choices=["constant", "cosine"], default="cosine")
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-to", type=Path, help="existing folder for the weights of every fifth epoch")
    parser.add_argument("--tags", nargs="*", default=[])
    parser.add_argument("--group")
    parser.add_argument("--notes")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds to wait after a step, to watch it live")
    return parser.parse_args()


if __name__ == "__main__":
    np.seterr(all="ignore")  # a diverging run is to be seen in its charts
    main()
