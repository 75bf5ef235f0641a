# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "catboost", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""CatBoost: a tumour, benign or malignant, with every iteration's losses, its curves and the model.

make example NAME=catboost
"""

from __future__ import annotations

from catboost import CatBoostClassifier, Pool
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import runwell
from runwell.integrations.catboost import Callback, log_summary


def main() -> None:
    data = load_breast_cancer()
    names = [str(name) for name in data.target_names]
    x, x_val, y, y_val = train_test_split(data.data, data.target, random_state=0)
    train = Pool(x, y, feature_names=[str(name) for name in data.feature_names])
    val = Pool(x_val, y_val, feature_names=[str(name) for name in data.feature_names])
    with runwell.init(project="examples", name="catboost", config={"data": "breast cancer"}) as run:
        model = CatBoostClassifier(
            iterations=300,
            depth=4,
            learning_rate=0.05,
            eval_metric="AUC",
            custom_metric=["Logloss", "F1"],
            random_seed=0,
            thread_count=2,
            allow_writing_files=False,
        )
        model.fit(train, eval_set=val, callbacks=[Callback()], verbose=100)
        log_summary(model, save_model_checkpoint=True)
        scores = model.predict_proba(val)
        run.log(
            {
                "val/roc": runwell.plot.roc_curve(y_val, scores, labels=names),
                "val/precision_recall": runwell.plot.pr_curve(y_val, scores, labels=names),
            }
        )


if __name__ == "__main__":
    main()
