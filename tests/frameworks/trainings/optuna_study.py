"""An Optuna study under ``WeightsAndBiasesCallback``: one run for all trials, then one run for each."""

import ledger
import optuna
import wandb
from optuna_integration.wandb import WeightsAndBiasesCallback
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier

x, y = load_iris(return_X_y=True)


def objective(trial: optuna.Trial) -> float:
    depth = trial.suggest_int("depth", 1, 5)
    smallest = trial.suggest_float("smallest", 1e-3, 0.3, log=True)
    by = trial.suggest_categorical("by", ["gini", "entropy"])
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=smallest, criterion=by, random_state=0)
    return float(cross_val_score(tree, x, y, cv=3).mean())


def sampler() -> optuna.samplers.BaseSampler:
    return optuna.samplers.TPESampler(seed=1)


one = optuna.create_study(direction="maximize", sampler=sampler())
one.optimize(
    objective,
    n_trials=8,
    callbacks=[WeightsAndBiasesCallback("accuracy", {"config": {"data": "iris"}, "id": "optuna-study"})],
)
wandb.finish()

ids: list[str] = []
many = WeightsAndBiasesCallback("accuracy", {"tags": ["multirun"]}, as_multirun=True)


@many.track_in_wandb()
def tracked(trial: optuna.Trial) -> float:
    value = objective(trial)
    wandb.summary["half"] = value / 2
    ids.append(wandb.run.id)
    return value


study = optuna.create_study(direction="maximize", sampler=sampler(), study_name="trees")
study.optimize(tracked, n_trials=3, callbacks=[many])
ledger.close(
    rows=[{**trial.params, "accuracy": trial.value} for trial in one.trials],
    config={"data": "iris", "direction": ["MAXIMIZE"]},
    trials={
        name: {"params": trial.params, "value": trial.value, "number": trial.number}
        for name, trial in zip(ids, study.trials, strict=True)
    },
    best=one.best_value,
)
