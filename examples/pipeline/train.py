"""Step two: trains a network on the dataset's latest version, and logs it as a version of the model.

python examples/pipeline/train.py --hidden 64
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.neural_network import MLPClassifier

import runwell


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the model of the pipeline.")
    parser.add_argument("--project", default="pipeline")
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=30)
    arguments = parser.parse_args()
    config = {"hidden": arguments.hidden, "epochs": arguments.epochs, "lr": 0.01, "seed": 0}
    name = f"train {arguments.hidden}"
    with runwell.init(project=arguments.project, name=name, job_type="train", config=config) as run:
        data = Path(run.use_artifact("digits-split:latest", type="dataset").download())
        x, y = np.load(data / "x_train.npy"), np.load(data / "y_train.npy")
        held_out = len(x) // 5
        network = MLPClassifier([arguments.hidden], learning_rate_init=config["lr"], random_state=config["seed"])
        accuracy = 0.0
        for _epoch in range(arguments.epochs):
            network.partial_fit(x[held_out:], y[held_out:], classes=np.arange(10))
            accuracy = network.score(x[:held_out], y[:held_out])
            run.log({"train/loss": network.loss_, "val/accuracy": accuracy})
        model = runwell.Artifact(
            "digits-net",
            type="model",
            description="One hidden layer with ReLU: `softmax(relu(x @ w0 + b0) @ w1 + b1)`.",
            metadata={"hidden": arguments.hidden, "val/accuracy": accuracy},
        )
        weights = zip(network.coefs_, network.intercepts_, strict=True)
        for layer, (weight, bias) in enumerate(weights):
            for part, array in (("w", weight), ("b", bias)):
                # Arrays, not a pickle: whoever loads them runs no code of ours.
                with model.new_file(f"{part}{layer}.npy", mode="wb") as file:
                    np.save(file, array)
        run.log_artifact(model).wait()


if __name__ == "__main__":
    main()
