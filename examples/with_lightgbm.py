# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "lightgbm", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""LightGBM: which of ten digits a picture is, with every iteration's losses, the confusions and the model.

make example NAME=lightgbm
"""

from __future__ import annotations

import lightgbm
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import runwell
from runwell.integrations.lightgbm import callback, log_summary

PARAMETERS = {
    "objective": "multiclass",
    "num_class": 10,
    "metric": ["multi_logloss", "multi_error"],
    "learning_rate": 0.1,
    "num_leaves": 15,
    "num_threads": 2,
    "seed": 0,
    "verbose": -1,
}


def main() -> None:
    data = load_digits()
    x, x_val, y, y_val = train_test_split(data.data, data.target, random_state=0)
    train = lightgbm.Dataset(x, y, feature_name=[name.replace(" ", "_") for name in data.feature_names])
    val = lightgbm.Dataset(x_val, y_val, reference=train)
    with runwell.init(project="examples", name="lightgbm", config={"data": "digits"}) as run:
        model = lightgbm.train(
            PARAMETERS,
            train,
            150,
            valid_sets=[train, val],
            valid_names=["train", "val"],
            callbacks=[callback(), lightgbm.early_stopping(20), lightgbm.log_evaluation(25)],
        )
        log_summary(model, save_model_checkpoint=True)
        said = model.predict(x_val).argmax(axis=1)
        run.log(
            {
                "val/accuracy": float((said == y_val).mean()),
                "val/confusion": runwell.plot.confusion_matrix(
                    y_true=y_val.tolist(), preds=said.tolist(), class_names=[str(name) for name in data.target_names]
                ),
            }
        )


if __name__ == "__main__":
    main()
