"""scikit-learn: every chart of ``wandb.sklearn``, against the same numbers computed by scikit-learn."""

from __future__ import annotations

import pytest

from . import environment
from . import trained as training
from .trained import Trained

OURS = environment.client() == "ours"
TRAINING = "sklearn_plots"
pytestmark = pytest.mark.framework("scikit-learn", "scikit-learn")


@pytest.mark.behaviour("plot_classifier: charts and their tables")
@pytest.mark.parametrize("key", ["confusion_matrix", "feature_importances", "class_proportions"])
def test_a_classifiers_tables_are_what_scikit_learn_computes(trained: Trained, key: str) -> None:
    expected = trained.ledger["tables"][key]
    if key == "confusion_matrix" and OURS:  # the official client writes the true class under "Predicted"; ours doesn't
        expected = [[predicted, actual, count] for actual, predicted, count in expected]
    assert training.same_cells(table(trained, key), expected)


@pytest.mark.behaviour("plot_classifier: charts and their tables")
def test_a_classifiers_curves_are_there(trained: Trained) -> None:
    roc = table(trained, "roc")
    assert {row[0] for row in roc} == {"malignant", "benign"}
    for name in ("malignant", "benign"):
        points = [(fpr, tpr) for label, fpr, tpr in roc if label == name]
        assert (0, 0) in points and (1, 1) in points and points == sorted(points)
    assert len(table(trained, "precision_recall")) > 10
    assert {row[0] for row in table(trained, "calibration_curve")} >= {"Logistic", "forest Sigmoid"}


@pytest.mark.behaviour("plot_classifier and plot_regressor: scores")
def test_scores_are_what_scikit_learn_computes(trained: Trained) -> None:
    keys = ("summary_metrics", "summary_metrics_table")
    references = [row[key] for row in trained.official.rows for key in keys if key in row]
    found = [trained.official.json_file(reference["path"])["data"] for reference in references]
    scores = [
        [[name, round(value, 4 if OURS else 2), model] for name, value in kept.items()]
        for model, kept in trained.ledger["scores"].items()
    ]
    assert found == scores


@pytest.mark.behaviour("plot_regressor, plot_learning_curve")
def test_a_regressors_charts_are_there(trained: Trained) -> None:
    residuals = table(trained, "residuals")
    assert {row[0] for row in residuals} == {"train", "test"} and len(residuals) > 100
    assert {row[0] for row in table(trained, "learning_curve")} == {"train", "test"}
    assert len(table(trained, "outlier_candidates")) > 100


@pytest.mark.behaviour("plot_clusterer")
def test_a_clusterings_charts_are_there(trained: Trained) -> None:
    silhouette = table(trained, "silhouette_plot")
    named = (
        {"setosa", "versicolor", "virginica"} if OURS else {0, 1, 2}
    )  # the official client takes names and drops them
    assert len(silhouette) == 150 and {row[-2] for row in silhouette} == named
    assert all(row[-1] == pytest.approx(trained.ledger["silhouette"], abs=1e-12) for row in silhouette)
    errors = [row[1] for row in table(trained, "elbow_curve")]
    assert errors == sorted(errors, reverse=True) and len(errors) > 3  # more clusters, less error


@pytest.mark.behaviour("Config: an estimator's parameters")
def test_parameters_are_config(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])


def table(trained: Trained, key: str) -> list[list]:
    """Give a chart's table, which both readers have with the same bytes."""
    path = trained.official.table_path(key)
    assert trained.api.table_path(key) == path
    assert trained.api.files[path] == trained.official.files[path]
    return trained.official.table(key)
