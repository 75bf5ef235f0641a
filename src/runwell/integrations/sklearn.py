"""scikit-learn: charts of a fitted model, logged to the current run.

    from runwell.integrations import sklearn as charts
    charts.plot_classifier(model, X_train, X_test, y_train, y_test, y_pred, y_probas, labels)

Every chart may be plotted alone. What a model can't give (probabilities, importances) costs its own chart, with a
sentence, and no other.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import runwell

MAX_POINTS = 1_000  # points of a scatter or of a curve: more than a chart's pixels in a row
CALIBRATION_BINS = 10
_SIZES = (0.1, 0.33, 0.55, 0.78, 1.0)  # parts of the training data of a learning curve


def plot_classifier(
    model: Any,
    X_train: Any,
    X_test: Any,
    y_train: Any,
    y_test: Any,
    y_pred: Any,
    y_probas: Any,
    labels: Sequence[Any] | None = None,
    is_binary: bool = False,
    model_name: str = "Classifier",
    feature_names: Sequence[str] | None = None,
    log_learning_curve: bool = False,
) -> None:
    """Plot everything that tells how a classifier does.

    Args:
        model: fitted.
        X_train, X_test: (rows, features).
        y_train, y_test: (rows,) true classes.
        y_pred: (test rows,) predicted classes.
        y_probas: (test rows, classes) their probabilities.
        labels: the classes' names, in sorted order of the classes.
        is_binary: kept for old scripts.
        model_name: shown with the charts.
        feature_names: the features' names.
        log_learning_curve: fit the model several times on growing parts of the data, too.
    """
    _settle(model_name)
    _each(
        lambda: plot_feature_importances(model, feature_names),
        lambda: plot_learning_curve(model, X_train, y_train) if log_learning_curve else None,
        lambda: plot_confusion_matrix(y_test, y_pred, labels),
        lambda: plot_summary_metrics(model, X_train, y_train, X_test, y_test),
        lambda: plot_class_proportions(y_train, y_test, labels),
        lambda: plot_calibration_curve(model, X_train, y_train, model_name),
        lambda: plot_roc(y_test, y_probas, labels),
        lambda: plot_precision_recall(y_test, y_probas, labels),
    )


def plot_regressor(
    model: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any, model_name: str = "Regressor"
) -> None:
    """Plot everything that tells how a regressor does; arguments as :func:`plot_classifier`."""
    _settle(model_name)
    _each(
        lambda: plot_summary_metrics(model, X_train, y_train, X_test, y_test),
        lambda: plot_learning_curve(model, X_train, y_train),
        lambda: plot_outlier_candidates(model, X_train, y_train),
        lambda: plot_residuals(model, X_train, y_train),
    )


def plot_clusterer(
    model: Any,
    X_train: Any,
    cluster_labels: Any,
    labels: Sequence[Any] | None = None,
    model_name: str = "Clusterer",
) -> None:
    """Plot everything that tells how a clusterer does.

    Args:
        model: with ``n_clusters``.
        X_train: (rows, features).
        cluster_labels: (rows,) the cluster of each.
        labels: the clusters' names.
        model_name: shown with the charts.
    """
    _settle(model_name)
    _each(
        lambda: plot_elbow_curve(model, X_train),
        lambda: plot_silhouette(model, X_train, cluster_labels, labels),
    )


def plot_confusion_matrix(
    y_true: Any, y_pred: Any, labels: Sequence[Any] | None = None, true_labels: Any = None, pred_labels: Any = None,
    normalize: bool = False,
) -> None:  # fmt: skip
    """Plot how often which class was taken for which.

    Args:
        y_true, y_pred: (rows,) true and predicted classes.
        labels: the classes' names, in sorted order of the classes.
        true_labels, pred_labels: only these classes.
        normalize: parts of each true class instead of counts.
    """
    import numpy as np
    from sklearn.metrics import confusion_matrix

    truth, said = np.asarray(y_true), np.asarray(y_pred)
    classes = np.unique(np.concatenate([truth, said]))
    names = _names(classes, labels)
    counts: Any = confusion_matrix(truth, said, labels=classes)
    if normalize:
        counts = np.nan_to_num(counts / counts.sum(axis=1, keepdims=True)).round(2)
    wanted_true = classes if true_labels is None else np.asarray(true_labels)
    wanted_said = classes if pred_labels is None else np.asarray(pred_labels)
    rows = [
        [names[actual], names[predicted], counts[i, j].item()]
        for i, actual in enumerate(classes.tolist())
        for j, predicted in enumerate(classes.tolist())
        if actual in wanted_true and predicted in wanted_said
    ]
    _log("confusion_matrix", "wandb/confusion_matrix/v1", ["Predicted", "Actual", "Count"],
         [[predicted, actual, count] for actual, predicted, count in rows],
         {"Predicted": "Predicted", "Actual": "Actual", "nPredictions": "Count"})  # fmt: skip


def plot_roc(
    y_true: Any, y_probas: Any, labels: Sequence[Any] | None = None, classes_to_plot: Sequence[Any] | None = None
) -> None:
    """Plot the receiver operating characteristic of each class; arguments as ``runwell.plot.roc_curve``."""
    runwell.log({"roc": runwell.plot.roc_curve(y_true, y_probas, labels, classes_to_plot)})


def plot_precision_recall(
    y_true: Any, y_probas: Any, labels: Sequence[Any] | None = None, classes_to_plot: Sequence[Any] | None = None
) -> None:
    """Plot precision over recall of each class; arguments as ``runwell.plot.pr_curve``."""
    runwell.log({"precision_recall": runwell.plot.pr_curve(y_true, y_probas, labels, classes_to_plot)})


def plot_feature_importances(
    model: Any,
    feature_names: Sequence[str] | None = None,
    title: str = "Feature Importance",
    max_num_features: int = 50,
) -> None:
    """Plot how much each feature counts: ``feature_importances_``, or the size of ``coef_``.

    Raises:
        UsageError: the model has neither.
    """
    import numpy as np

    found = getattr(model, "feature_importances_", None)
    if found is None:
        coefficients = getattr(model, "coef_", None)
        if coefficients is None:
            raise runwell.UsageError(f"{type(model).__name__} has neither feature_importances_ nor coef_")
        found = np.abs(np.atleast_2d(coefficients)).mean(axis=0)
    found = np.asarray(found)
    known = feature_names if feature_names is not None else getattr(model, "feature_names_in_", None)
    names = [str(name) for name in known] if known is not None else [f"feature {n}" for n in range(len(found))]
    order = np.argsort(found)[::-1][:max_num_features]
    _log("feature_importances", "wandb/feature_importances/v1", ["feature_names", "importances"],
         [[names[place], float(found[place])] for place in order], strings={"title": title})  # fmt: skip


def plot_class_proportions(y_train: Any, y_test: Any, labels: Sequence[Any] | None = None) -> None:
    """Plot how many rows of each class training and test data have."""
    import numpy as np

    classes = np.unique(np.concatenate([np.asarray(y_train), np.asarray(y_test)]))
    names = _names(classes, labels)
    rows = [
        [names[one], part, int((np.asarray(values) == one).sum())]
        for part, values in (("train", y_train), ("test", y_test))
        for one in classes.tolist()
    ]
    _log("class_proportions", "wandb/class_proportions/v1", ["class", "dataset", "count"], rows)


def plot_calibration_curve(clf: Any = None, X: Any = None, y: Any = None, clf_name: str = "Classifier") -> None:
    """Plot how often what is said to be so probable is so: the model, the model calibrated, a logistic regression.

    Raises:
        UsageError: there are not two classes, or the model gives no probabilities.
    """
    import numpy as np
    from sklearn.calibration import CalibratedClassifierCV, calibration_curve
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split

    classes = np.unique(np.asarray(y))
    if len(classes) != 2:
        raise runwell.UsageError(f"a calibration curve is of two classes, not {len(classes)}")
    x_fit, x_see, y_fit, y_see = train_test_split(X, y, test_size=0.9, random_state=42)
    models = {
        "Logistic": LogisticRegression(max_iter=1_000),
        clf_name: _fresh(clf),
        f"{clf_name} Isotonic": CalibratedClassifierCV(_fresh(clf), cv=2, method="isotonic"),
        f"{clf_name} Sigmoid": CalibratedClassifierCV(_fresh(clf), cv=2, method="sigmoid"),
    }
    rows: list[list[Any]] = [["Perfectly calibrated", both, both, 0, 0.0] for both in (0.0, 1.0)]
    for name, model in models.items():
        model.fit(x_fit, y_fit)
        scores = _positive(model, x_see)
        happened, said = calibration_curve(y_see == classes[1], scores, n_bins=CALIBRATION_BINS)
        counts, edges = np.histogram(scores, bins=CALIBRATION_BINS, range=(0, 1))
        for place in range(max(len(happened), CALIBRATION_BINS)):
            in_curve = place < len(happened)
            rows.append([
                name,
                float(happened[place]) if in_curve else None,
                float(said[place]) if in_curve else None,
                int(counts[place]) if place < len(counts) else None,
                float(edges[place]) if place < len(edges) else None,
            ])  # fmt: skip
    columns = ["model", "fraction_of_positives", "mean_predicted_value", "hist_dict", "edge_dict"]
    _log("calibration_curve", "wandb/calibration/v1", columns, rows)


def plot_learning_curve(
    model: Any, X: Any, y: Any, cv: Any = None, shuffle: bool = False, random_state: int | None = None,
    train_sizes: Any = None, n_jobs: int = 1, scoring: Any = None,
) -> None:  # fmt: skip
    """Plot the score on training and held-out data as the training data grows; fits the model several times.

    Args:
        model: any estimator; copies of it are fitted.
        X, y: the training data.
        cv, shuffle, random_state, train_sizes, n_jobs, scoring: as scikit-learn's ``learning_curve``.
    """
    import sklearn.model_selection

    learning_curve: Any = sklearn.model_selection.learning_curve
    sizes, trained, held_out = learning_curve(
        _fresh(model), X, y, cv=cv, shuffle=shuffle, random_state=random_state, n_jobs=n_jobs, scoring=scoring,
        train_sizes=_SIZES if train_sizes is None else train_sizes,
    )[:3]  # fmt: skip
    rows = [
        [part, float(score), int(size)]
        for part, scores in (("train", trained), ("test", held_out))
        for size, score in zip(sizes, scores.mean(axis=1), strict=True)
    ]
    _log("learning_curve", "wandb/learning_curve/v1", ["dataset", "score", "train_size"], rows)


def plot_summary_metrics(model: Any, X: Any, y: Any, X_test: Any, y_test: Any) -> None:
    """Plot and summarise the usual scores on the test data; fits the model on the training data if it isn't."""
    import sklearn.metrics
    from sklearn.base import is_classifier

    metrics: Any = sklearn.metrics

    said = _fitted(model, X, y).predict(X_test)
    if is_classifier(model):
        scores = {
            "accuracy_score": metrics.accuracy_score(y_test, said),
            "precision": metrics.precision_score(y_test, said, average="weighted", zero_division=0),
            "recall": metrics.recall_score(y_test, said, average="weighted", zero_division=0),
            "f1_score": metrics.f1_score(y_test, said, average="weighted", zero_division=0),
        }
    else:
        scores = {
            "mae": metrics.mean_absolute_error(y_test, said),
            "mse": metrics.mean_squared_error(y_test, said),
            "r2_score": metrics.r2_score(y_test, said),
        }
    name = type(model).__name__
    rows = [[metric, round(float(value), 4), name] for metric, value in scores.items()]
    _log("summary_metrics", "wandb/metrics/v1", ["metric_name", "metric_value", "model_name"], rows)
    run = runwell.run
    if run is not None:
        run.summary.update({f"summary_metrics/{metric}": float(value) for metric, value in scores.items()})


def plot_outlier_candidates(regressor: Any, X: Any, y: Any) -> None:
    """Plot Cook's distance of each row: how much the fit would change without it."""
    import numpy as np

    rows, truth = np.asarray(X, float), np.asarray(y, float)
    model = _fresh(regressor).fit(rows, truth)
    leverage = np.einsum("ij,ji->i", rows, np.linalg.pinv(rows))
    residuals = truth - model.predict(rows)
    count, features = rows.shape
    variance = max(float((residuals**2).sum()) / max(count - features, 1), np.finfo(float).tiny)
    free = np.clip(1 - leverage, 1e-9, None)
    distance = residuals**2 / (features * variance) * leverage / free**2
    threshold = 4 / count
    part = float((distance > threshold).sum()) / count * 100
    chosen = np.sort(np.argsort(distance)[::-1][:MAX_POINTS])
    table = [[float(distance[place]), int(place), round(part, 2), threshold] for place in chosen]
    columns = ["distance", "instance_indicies", "outlier_percentage", "influence_threshold"]
    _log("outlier_candidates", "wandb/outliers/v1", columns, table)


def plot_residuals(regressor: Any, X: Any, y: Any) -> None:
    """Plot what is left between prediction and truth, for training data and a fifth held out."""
    from sklearn.model_selection import train_test_split

    x_fit, x_see, y_fit, y_see = train_test_split(X, y, test_size=0.2, random_state=42)
    model = _fresh(regressor).fit(x_fit, y_fit)
    trained, held_out = float(model.score(x_fit, y_fit)), float(model.score(x_see, y_see))
    rows: list[list[Any]] = []
    for part, x, truth in (("train", x_fit, y_fit), ("test", x_see, y_see)):
        said = model.predict(x)
        for place in _thinned(len(said)):
            value = float(said[place])
            left = value - float(_listed(truth)[place])
            rows.append([part, value, left, round(trained, 4), round(held_out, 4)])
    columns = ["dataset", "y_pred", "residuals", "train_score", "test_score"]
    _log("residuals", "wandb/residuals_plot/v1", columns, rows)


def plot_elbow_curve(
    clusterer: Any, X: Any, cluster_ranges: Sequence[int] | None = None, n_jobs: int = 1, show_cluster_time: bool = True
) -> None:
    """Plot the error over the number of clusters; fits a copy of the clusterer for each.

    Raises:
        UsageError: the clusterer has no ``n_clusters``.
    """
    if not hasattr(clusterer, "n_clusters"):
        raise runwell.UsageError(f"{type(clusterer).__name__} has no n_clusters to vary")
    rows: list[list[Any]] = []
    for count in sorted(cluster_ranges or range(1, 10, 2)):
        begun = time.perf_counter()
        model = _fresh(clusterer).set_params(n_clusters=count).fit(X)
        took = time.perf_counter() - begun if show_cluster_time else None
        rows.append([int(count), abs(float(model.score(X))), took])
    _log("elbow_curve", "wandb/elbow/v1", ["cluster_ranges", "errors", "clustering_time"], rows)


def plot_silhouette(
    clusterer: Any, X: Any, cluster_labels: Any = None, labels: Sequence[Any] | None = None, metric: str = "euclidean",
    kmeans: bool = True,
) -> None:  # fmt: skip
    """Plot how near each row is to its own cluster against the nearest other one.

    Args:
        clusterer: fitted to X where ``cluster_labels`` isn't given.
        X: (rows, features).
        cluster_labels: (rows,) the cluster of each.
        labels: the clusters' names.
        metric: of distances.
        kmeans: kept for old scripts.
    """
    import numpy as np
    from sklearn.metrics import silhouette_samples, silhouette_score

    clusters = np.asarray(cluster_labels if cluster_labels is not None else _fresh(clusterer).fit_predict(X))
    values: Any = silhouette_samples(X, clusters, metric=metric)
    average = float(silhouette_score(X, clusters, metric=metric))
    names = _names(np.unique(clusters), labels)
    rows: list[list[Any]] = []
    top = 0
    for one in np.unique(clusters).tolist():
        own = np.sort(values[clusters == one])
        rows += [[top + place, 0.0, float(own[place]), str(names[one]), average] for place in _thinned(len(own))]
        top += len(own) + max(1, len(values) // 50)
    _log("silhouette_plot", "wandb/silhouette_/v1", ["y_sil", "x1", "x2", "color_sil", "silhouette_avg"], rows)


# The official client's names.
roc = plot_roc
precision_recall = plot_precision_recall
confusion_matrix = plot_confusion_matrix
feature_importances = plot_feature_importances
class_proportions = plot_class_proportions
calibration_curve = plot_calibration_curve
learning_curve = plot_learning_curve
summary_metrics = plot_summary_metrics
outlier_candidates = plot_outlier_candidates
residuals = plot_residuals
elbow_curve = plot_elbow_curve
silhouette = plot_silhouette


def _log(
    key: str,
    spec: str,
    columns: list[str],
    rows: list[list[Any]],
    fields: dict[str, str] | None = None,
    strings: dict[str, str] | None = None,
) -> None:
    table = runwell.Table(columns=columns, data=rows)
    runwell.log({key: runwell.plot_table(spec, table, fields or {name: name for name in columns}, strings)})


def _each(*charts: Callable[[], Any]) -> None:
    """Plot each; what one can't do costs the others nothing."""
    for chart in charts:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                chart()
        except Exception as error:
            warnings.warn(f"a chart is left out: {type(error).__name__}: {error}", stacklevel=3)


def _settle(model_name: str) -> None:
    run = runwell.run
    if run is None:
        raise runwell.UsageError("call runwell.init() before plotting: there is no run to take the charts")
    run.config.update({"model_name": model_name}, allow_val_change=True)


def _fresh(model: Any) -> Any:
    from sklearn.base import clone

    return clone(model)


def _fitted(model: Any, X: Any, y: Any) -> Any:
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
        return model
    except NotFittedError:
        return _fresh(model).fit(X, y)


def _positive(model: Any, X: Any) -> Any:
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)[:, 1]
    if not hasattr(model, "decision_function"):
        raise runwell.UsageError(f"{type(model).__name__} gives neither probabilities nor a decision function")
    scores = model.decision_function(X)
    least, most = scores.min(), scores.max()
    return (scores - least) / ((most - least) or 1.0)


def _names(classes: Any, labels: Sequence[Any] | None) -> dict[Any, Any]:
    known = classes.tolist()
    if labels is None:
        return {one: one for one in known}
    return {one: labels[place] if place < len(labels) else one for place, one in enumerate(known)}


def _thinned(count: int) -> list[int]:
    every = max(1, -(-count // MAX_POINTS))
    return list(range(0, count, every))


def _listed(values: Any) -> list[Any]:
    return values.tolist() if hasattr(values, "tolist") else list(values)
