"""Importance of parameters, on runs whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from runwell.server.domain.importance import correlations, rate_parameters


def trained(n: int, seed: int = 1) -> tuple[dict[str, list], list[float]]:
    """Runs whose result follows the exponent of lr and the optimizer, a little the decay, and nothing else."""
    rng = np.random.default_rng(seed)
    lr, decay = 10 ** rng.uniform(-5, -1, n), rng.random(n)
    optimizer = rng.choice(["adam", "lion", "sgd"], n)
    result = -((np.log10(lr) + 3) ** 2) - 2.0 * (optimizer == "sgd") + 0.3 * decay + rng.normal(0, 0.1, n)
    columns: dict[str, list] = {"lr": lr.tolist(), "optimizer": optimizer.tolist(), "decay": decay.tolist()}
    columns |= {"name": [f"run-{i}" for i in range(n)], "same": ["x"] * n, "nothing": [None] * n}
    columns |= {f"noise{k}": rng.random(n).tolist() for k in range(10)}
    return columns, result.tolist()


def test_what_made_the_result_is_found_and_noise_is_not():
    columns, result = trained(400)
    rating = rate_parameters(columns, result)
    by_key = {parameter.key: parameter for parameter in rating.parameters}
    assert rating.runs == 400 and (rating.explained or 0) > 0.8
    assert {rating.parameters[0].key, rating.parameters[1].key} == {"lr", "optimizer"}
    shares = {key: parameter.importance or 0.0 for key, parameter in by_key.items()}
    assert shares["lr"] > 0.3 and shares["optimizer"] > 0.3 and sum(shares.values()) == pytest.approx(1.0)
    assert all(share < 0.03 for key, share in shares.items() if key.startswith(("noise", "name")))
    assert not {"same", "nothing"} & by_key.keys()
    assert (by_key["lr"].kind, by_key["lr"].n, by_key["lr"].distinct) == ("number", 400, 400)
    assert (by_key["optimizer"].kind, by_key["optimizer"].distinct, by_key["optimizer"].spearman) == (
        "category",
        3,
        None,
    )
    assert rate_parameters(columns, result) == rating, "the same runs have the same answer"


def test_a_number_that_nothing_explains_says_so():
    columns, _ = trained(300)
    rating = rate_parameters(columns, np.random.default_rng(9).random(300).tolist())
    assert rating.explained is not None and rating.explained < 0.1
    if rating.explained == 0:
        assert all(parameter.importance == 0 for parameter in rating.parameters)


def test_runs_without_the_number_and_missing_values_are_left_out():
    columns, result = trained(200)
    nan = {"_type": "number", "value": "NaN"}
    target = [None if i % 4 == 0 else nan if i % 4 == 1 else value for i, value in enumerate(result)]
    columns["lr"] = [None if i % 4 == 2 and i < 40 else value for i, value in enumerate(columns["lr"])]
    columns["list"] = [[1, 2]] * 200
    columns["mixed"] = ["auto" if value < 0 else 0.5 for value in result]
    columns["big"] = [{"_type": "number", "value": str(2**70 + i), "float": 2.0**70} for i in range(200)]
    rating = rate_parameters(columns, target)
    by_key = {parameter.key: parameter for parameter in rating.parameters}
    assert (rating.runs, by_key["lr"].n, by_key["mixed"].kind) == (100, 90, "category")
    assert "list" not in by_key


def test_few_runs_have_correlations_and_no_importance():
    rating = rate_parameters({"a": [1, 2, 3, 4], "b": [True, False, True, False]}, [2.0, 4.0, 6.0, 8.0])
    a, b = sorted(rating.parameters, key=lambda parameter: parameter.key)
    assert (rating.explained, a.importance, b.importance) == (None, None, None)
    assert (a.pearson, a.spearman) == (pytest.approx(1.0), pytest.approx(1.0))
    assert b.pearson == pytest.approx(-1 / np.sqrt(5))
    assert rate_parameters({}, []).parameters == []


@pytest.mark.parametrize(
    ("x", "y", "pearson", "spearman"),
    [
        ([1, 2, 3], [1, 8, 27], np.corrcoef([1, 2, 3], [1, 8, 27])[0, 1], 1.0),
        ([1, 1, 2, 2], [1, 2, 3, 4], np.corrcoef([1, 1, 2, 2], [1, 2, 3, 4])[0, 1], 4 / np.sqrt(20)),
        ([1, 1, 1], [1, 2, 3], None, None),
        ([1, np.nan], [1, 2], None, None),
        ([1e308, -1e308, np.nan], [1, 2, 3], -1.0, -1.0),
    ],
)
def test_correlations_are_those_of_the_books(x, y, pearson, spearman):
    found = correlations(np.array(x, float), np.array(y, float))
    assert found == (pearson and pytest.approx(pearson), spearman and pytest.approx(spearman))
