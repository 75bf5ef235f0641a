# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "optuna", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Optuna: a search for a good network, each trial a run of the study's group, and one run about the study.

make example NAME=optuna
"""

from __future__ import annotations

import optuna
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runwell
from runwell.integrations.optuna import Callback

TRIALS = 12


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name="digits", direction="maximize", sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=5)
    )
    each = Callback("accuracy", as_multirun=True, project="examples", settings={"silent": True})
    study.optimize(objective, n_trials=TRIALS, callbacks=[each, say])
    with runwell.init(project="examples", name="optuna-study", group="digits", config=study.best_params) as run:
        best = 0.0
        for trial in study.trials:
            best = max(best, trial.value or 0.0)
            run.log({"accuracy": trial.value, "accuracy/best": best}, step=trial.number)
        importance = optuna.importance.get_param_importances(study)
        table = runwell.Table(columns=["parameter", "importance"], data=[[k, v] for k, v in importance.items()])
        run.log({"importance": runwell.plot.bar(table, "parameter", "importance", title="What mattered")})


def objective(trial: optuna.Trial) -> float:
    x, y = load_digits(return_X_y=True)
    model = MLPClassifier(
        hidden_layer_sizes=(trial.suggest_int("hidden", 8, 64, log=True),),
        alpha=trial.suggest_float("alpha", 1e-5, 1e0, log=True),
        learning_rate_init=trial.suggest_float("lr", 1e-4, 1e-1, log=True),
        max_iter=15,
        random_state=0,
    )
    return float(cross_val_score(make_pipeline(StandardScaler(), model), x, y, cv=3).mean())


def say(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    print(f"trial {trial.number + 1}/{TRIALS}: {trial.value:.4f}  (best {study.best_value:.4f})", flush=True)


if __name__ == "__main__":
    main()
