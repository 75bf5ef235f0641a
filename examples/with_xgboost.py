# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "xgboost", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""XGBoost: how far diabetes goes in a year, with every round's errors, the features' importance and the model.

make example NAME=xgboost
"""

from __future__ import annotations

import xgboost
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

import runwell
from runwell.integrations.xgboost import Callback

PARAMETERS = {
    "objective": "reg:squarederror",
    "eval_metric": ["rmse", "mae"],
    "max_depth": 3,
    "eta": 0.05,
    "subsample": 0.8,
    "seed": 0,
}


def main() -> None:
    data = load_diabetes()
    x, x_val, y, y_val = train_test_split(data.data, data.target, random_state=0)
    train = xgboost.DMatrix(x, y, feature_names=data.feature_names)
    val = xgboost.DMatrix(x_val, y_val, feature_names=data.feature_names)
    with runwell.init(project="examples", name="xgboost", config={"data": "diabetes", "rounds": 400}) as run:
        model = xgboost.train(
            PARAMETERS,
            train,
            run.config["rounds"],
            evals=[(train, "train"), (val, "val")],
            early_stopping_rounds=30,
            verbose_eval=50,
            callbacks=[Callback(log_model=True)],
        )
        said = model.predict(val)
        table = runwell.Table(
            columns=["measured", "predicted"], data=[[float(a), float(b)] for a, b in zip(y_val, said, strict=True)]
        )
        run.log({"predictions": runwell.plot.scatter(table, "measured", "predicted", title="Predicted over measured")})


if __name__ == "__main__":
    main()
