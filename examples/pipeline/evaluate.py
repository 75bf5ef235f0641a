"""Step three: judges a version of the model on the test part, logs what it said of every picture, links the best.

python examples/pipeline/evaluate.py --model digits-net:latest
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import runwell

BEST = "registry/models/digits"


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate a model of the pipeline.")
    parser.add_argument("--project", default="pipeline")
    parser.add_argument("--model", default="digits-net:latest")
    arguments = parser.parse_args()
    with runwell.init(
        project=arguments.project, name=f"evaluate {arguments.model}", job_type="evaluate", config={"best": BEST}
    ) as run:
        model = run.use_artifact(arguments.model, type="model")
        weights = Path(model.download())
        data = Path(run.use_artifact("digits-split:latest", type="dataset").download())
        x, y = np.load(data / "x_test.npy"), np.load(data / "y_test.npy")
        chances = predict(weights, x)
        guesses = chances.argmax(axis=1)
        loss = -np.log(np.maximum(chances[np.arange(len(y)), y], 1e-12))
        accuracy = float((guesses == y).mean())
        run.log({"test/accuracy": accuracy, "test/loss": float(loss.mean())})

        model.metadata["test/accuracy"] = accuracy
        model.save()
        best = best_so_far()
        if accuracy > best:
            run.link_artifact(model, BEST, aliases=["production"])

        table = runwell.Table(columns=["id", "image", "truth", "guess", "chance", "loss"])
        for row, pixels in enumerate(x):
            image = runwell.Image((pixels.reshape(8, 8) * 255).astype("uint8"))
            table.add_data(
                f"test-{row:03d}", image, int(y[row]), int(guesses[row]), float(chances[row].max()), float(loss[row])
            )
        predictions = runwell.Artifact(
            "digits-predictions", type="predictions", metadata={"model": model.name, "test/accuracy": accuracy}
        )
        predictions.add(table, "predictions")
        run.log_artifact(predictions).wait()
        print(f"{model.name}: {accuracy:.1%} of the test pictures, the best before {best:.1%}")


def predict(weights: Path, x: np.ndarray) -> np.ndarray:
    """Give the chance of each digit for each picture: (pictures, 10)."""
    hidden = np.maximum(x @ np.load(weights / "w0.npy") + np.load(weights / "b0.npy"), 0)
    logits = hidden @ np.load(weights / "w1.npy") + np.load(weights / "b1.npy")
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


def best_so_far() -> float:
    """Give the test accuracy of the model in production, 0 before there is one."""
    try:
        return runwell.Api().artifact(f"{BEST}:production").metadata.get("test/accuracy", 0.0)
    except runwell.CommunicationError:
        return 0.0


if __name__ == "__main__":
    main()
