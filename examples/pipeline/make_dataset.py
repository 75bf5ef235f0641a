"""Step one: splits scikit-learn's handwritten digits, and logs the parts as a version of a dataset.

    python examples/pipeline/make_dataset.py

Run again, it makes no new version: the bytes are the same.
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import runwell


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the dataset of the pipeline.")
    parser.add_argument("--project", default="pipeline")
    parser.add_argument("--test-share", type=float, default=0.25)
    arguments = parser.parse_args()
    config = {"test_share": arguments.test_share, "seed": 0}
    with runwell.init(project=arguments.project, name="make dataset", job_type="make-dataset", config=config) as run:
        images, labels = load_digits(return_X_y=True)
        x, x_test, y, y_test = train_test_split(images / 16, labels, test_size=arguments.test_share, random_state=0)
        data = runwell.Artifact(
            "digits-split",
            type="dataset",
            description="8 × 8 pictures of handwritten digits, 0 to 1, and which digit each is.",
            metadata={"train": len(x), "test": len(x_test), "classes": 10},
        )
        for name, array in {"x_train": x, "y_train": y, "x_test": x_test, "y_test": y_test}.items():
            with data.new_file(f"{name}.npy", mode="wb") as file:
                np.save(file, array)
        run.log_artifact(data).wait()  # the next script asks for it
        run.log({"rows/train": len(x), "rows/test": len(x_test)})


if __name__ == "__main__":
    main()
