"""scikit-learn's charts of real, small models: the numbers in the tables are scikit-learn's own."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

import runwell
from runwell.integrations import sklearn as charts
from runwell.wire.journal import scan
from runwell.wire.numbers import decode_extended


@pytest.fixture
def recorded(tmp_path: Path):
    """Gives what a call logs: key → rows as mappings."""

    def record(work: Any) -> dict[str, list[dict[str, Any]]]:
        with runwell.init(project="s", mode="offline", dir=str(tmp_path), settings={"silent": True}) as run:
            work()
            folder = Path(run.dir)
        tables: dict[str, list[dict[str, Any]]] = {}
        for entry in scan((folder.parent / "journal/main.jsonl").read_bytes()).entries:
            if entry.kind == "row":
                for key, value in entry.payload.items():
                    if key.endswith("_table"):
                        table = decode_extended((folder / value["path"]).read_bytes())
                        tables[key.removesuffix("_table")] = [
                            dict(zip(table["columns"], row, strict=True)) for row in table["data"]
                        ]
        return tables

    return record


def test_a_classifiers_charts_are_scikit_learns_numbers(recorded) -> None:
    data = load_breast_cancer()
    x, x_test, y, y_test = train_test_split(data.data, data.target, random_state=0)
    model = RandomForestClassifier(10, random_state=0).fit(x, y)
    said, scores = model.predict(x_test), model.predict_proba(x_test)
    labels = list(data.target_names)
    found = recorded(
        lambda: charts.plot_classifier(
            model, x, x_test, y, y_test, said, scores, labels, feature_names=list(data.feature_names)
        )
    )
    assert set(found) == {
        "feature_importances", "confusion_matrix", "summary_metrics", "class_proportions", "calibration_curve", "roc",
        "precision_recall",
    }  # fmt: skip
    counts = metrics.confusion_matrix(y_test, said)
    seen = {(row["Actual"], row["Predicted"]): row["Count"] for row in found["confusion_matrix"]}
    assert seen == {(labels[i], labels[j]): counts[i, j] for i in range(2) for j in range(2)}
    said_metrics = {row["metric_name"]: row["metric_value"] for row in found["summary_metrics"]}
    assert said_metrics["accuracy_score"] == round(metrics.accuracy_score(y_test, said), 4)
    best = found["feature_importances"][0]
    assert best["feature_names"] == data.feature_names[np.argmax(model.feature_importances_)]
    assert best["importances"] == pytest.approx(model.feature_importances_.max())
    proportions = {(row["class"], row["dataset"]): row["count"] for row in found["class_proportions"]}
    assert proportions[(labels[1], "test")] == int((y_test == 1).sum())
    curves = {"Perfectly calibrated", "Logistic", "Classifier", "Classifier Isotonic", "Classifier Sigmoid"}
    assert {row["model"] for row in found["calibration_curve"]} == curves


def test_a_regressors_charts(recorded) -> None:
    data = load_diabetes()
    x, x_test, y, y_test = train_test_split(data.data, data.target, random_state=0)
    model = LinearRegression().fit(x, y)
    found = recorded(lambda: charts.plot_regressor(model, x, x_test, y, y_test))
    assert set(found) == {"summary_metrics", "learning_curve", "outlier_candidates", "residuals"}
    said = {row["metric_name"]: row["metric_value"] for row in found["summary_metrics"]}
    assert said["r2_score"] == round(metrics.r2_score(y_test, model.predict(x_test)), 4)
    assert len(found["outlier_candidates"]) == len(x) and found["outlier_candidates"][0][
        "influence_threshold"
    ] == 4 / len(x)
    assert {row["dataset"] for row in found["residuals"]} == {"train", "test"}


def test_a_clusterers_charts(recorded) -> None:
    x = load_iris().data
    model = KMeans(3, n_init=3, random_state=0)
    clusters = model.fit_predict(x)
    found = recorded(lambda: charts.plot_clusterer(model, x, clusters, labels=["a", "b", "c"]))
    errors = [row["errors"] for row in found["elbow_curve"]]
    assert errors == sorted(errors, reverse=True) and len(errors) == 5
    average = {row["silhouette_avg"] for row in found["silhouette_plot"]}
    assert average == {metrics.silhouette_score(x, clusters)} and len(found["silhouette_plot"]) == len(x)


def test_what_a_model_cannot_give_costs_its_own_chart(recorded) -> None:
    x, y = load_iris(return_X_y=True)

    class Dull(LinearRegression):
        coef_ = None

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = recorded(lambda: charts.plot_classifier(KMeans(3).fit(x), x, x, y, y, y, np.eye(3)[y]))
    assert "confusion_matrix" in found and "feature_importances" not in found and "roc" in found
    assert any("neither feature_importances_ nor coef_" in str(one.message) for one in said)


def test_without_a_run_it_says_what_to_do() -> None:
    with pytest.raises(runwell.UsageError, match=r"runwell.init\(\)"):
        charts.plot_clusterer(KMeans(2), [[0], [1]], [0, 1])
