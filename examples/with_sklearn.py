# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "scikit-learn", "joblib"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""scikit-learn: all charts of a classifier, of a regressor and of a clusterer, in three runs of a group.

make example NAME=sklearn
"""

from __future__ import annotations

import joblib
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

import runwell
from runwell.integrations import sklearn as charts


def main() -> None:
    classify()
    regress()
    cluster()


def classify() -> None:
    data = load_breast_cancer()
    x, x_test, y, y_test = train_test_split(data.data, data.target, test_size=0.3, random_state=0)
    model = RandomForestClassifier(100, max_depth=6, random_state=0).fit(x, y)
    with runwell.init(project="examples", name="sklearn-classifier", group="sklearn", config=model.get_params()) as run:
        charts.plot_classifier(
            model,
            x,
            x_test,
            y,
            y_test,
            model.predict(x_test),
            model.predict_proba(x_test),
            labels=[str(name) for name in data.target_names],
            model_name="forest",
            feature_names=[str(name) for name in data.feature_names],
            log_learning_curve=True,
        )
        joblib.dump(model, "forest.joblib")
        run.log_model("forest.joblib", name="tumours-forest")


def regress() -> None:
    data = load_diabetes()
    x, x_test, y, y_test = train_test_split(data.data, data.target, test_size=0.3, random_state=0)
    model = Ridge(alpha=0.1).fit(x, y)
    with runwell.init(project="examples", name="sklearn-regressor", group="sklearn", config=model.get_params()):
        charts.plot_regressor(model, x, x_test, y, y_test, model_name="ridge")
        charts.plot_feature_importances(model, data.feature_names)


def cluster() -> None:
    data = load_iris()
    model = KMeans(3, n_init=5, random_state=0)
    with runwell.init(project="examples", name="sklearn-clusterer", group="sklearn", config=model.get_params()):
        charts.plot_clusterer(model, data.data, model.fit_predict(data.data), model_name="k-means")


if __name__ == "__main__":
    main()
