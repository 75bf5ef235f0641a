"""XGBoost, LightGBM, CatBoost: their callbacks against the libraries' own records of their evaluations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import ServerProcess

from . import seen as reading
from . import trained as training
from .trained import Trained

KINDS = {"xgboost": "xgboost_callback", "lightgbm": "lightgbm_callback", "catboost": "catboost_callback"}
XGBOOST = pytest.mark.framework("XGBoost", "xgboost-cpu")
LIGHTGBM = pytest.mark.framework("LightGBM", "lightgbm")
CATBOOST = pytest.mark.framework("CatBoost", "catboost")
each = pytest.mark.parametrize(
    "boosted",
    [
        pytest.param("xgboost", marks=XGBOOST),
        pytest.param("lightgbm", marks=LIGHTGBM),
        pytest.param("catboost", marks=CATBOOST),
    ],
    indirect=True,
    scope="module",
)
CHART = "Feature Importance_table"


@pytest.fixture(scope="module")
def boosted(
    frameworks: None, request: pytest.FixtureRequest, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trained]:
    """One library's training, done once."""
    yield training.train(server, tmp_path_factory.mktemp(request.param), KINDS[request.param])


@each
@pytest.mark.behaviour("Every iteration's evaluations")
def test_rows_are_the_librarys_own_record(boosted: Trained) -> None:
    expected = boosted.ledger["rows"]
    for seen in boosted.both:
        rows = [row for row in seen.rows if expected[0].keys() <= row.keys()]
        training.check_rows(reading.Seen(seen.state, {}, {}, rows, seen.steps[: len(rows)], {}), expected)


@each
@pytest.mark.behaviour("Config: the parameters")
def test_parameters_are_config(boosted: Trained) -> None:
    for seen in boosted.both:
        training.check_values(seen.config, boosted.ledger["config"])
        assert set(boosted.ledger.get("learner", [])) <= set(seen.config)


@each
@pytest.mark.behaviour("Summary: best and last values")
def test_the_summary_has_the_best(boosted: Trained) -> None:
    for seen in boosted.both:
        training.check_values(seen.summary, boosted.ledger.get("summary") or boosted.ledger["last_row"])
        summary, ledger = reading.flat(seen.summary), boosted.ledger
        lowest, highest = ledger.get("smallest", {}), ledger.get("largest", {})
        training.check_last_values(seen, ledger["rows"], but=[*lowest, *highest])
        for key, value in lowest.items():
            assert summary[f"{key}.min"] == value
        for key, value in highest.items():
            assert summary[f"{key}.max"] == value


@each
@pytest.mark.behaviour("Feature importance as a chart")
def test_the_importances_are_the_librarys(boosted: Trained) -> None:
    importance = boosted.ledger["importance"]
    cells = [list(pair) for pair in importance.items()] if isinstance(importance, dict) else importance
    training.expect_bar_chart(boosted, "Feature Importance", ["Feature", "Importance"], cells)


@each
@pytest.mark.behaviour("The model as an artifact")
def test_the_model_comes_back_byte_for_byte(boosted: Trained) -> None:
    (model,) = [artifact for artifact in boosted.artifacts if artifact.type == "model"]
    assert list(model.files.values()) == [boosted.ledger["model"]]
