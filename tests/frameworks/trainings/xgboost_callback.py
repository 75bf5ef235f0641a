"""XGBoost's trees on breast cancer under ``WandbCallback``, beside XGBoost's own record of its evaluations."""

import json

import ledger
import wandb
import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from wandb.integration.xgboost import WandbCallback

ROUNDS = 12

data = load_breast_cancer()
x, x_val, y, y_val = train_test_split(data.data, data.target, test_size=0.3, random_state=1)
train, val = xgboost.DMatrix(x, y), xgboost.DMatrix(x_val, y_val)
parameters = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 3, "eta": 0.4, "seed": 1}
run = wandb.init(config={"rounds": ROUNDS, "parameters": parameters})
record: dict = {}
booster = xgboost.train(
    parameters,
    train,
    ROUNDS,
    evals=[(train, "train"), (val, "val")],
    evals_result=record,
    early_stopping_rounds=8,
    verbose_eval=False,
    callbacks=[WandbCallback(log_model=True)],
)
booster.save_model("again.json")
run.finish()
rounds = len(record["val"]["auc"])
rows = [
    {f"{part}-{name}": values[i] for part, named in record.items() for name, values in named.items()} | {"epoch": i}
    for i in range(rounds)
]
best = {"best_score": float(booster.attr("best_score")), "best_iteration": int(booster.attr("best_iteration"))}
ledger.close(
    rows=rows,
    last_row=best,
    config={"rounds": ROUNDS, "parameters": parameters},
    learner=sorted(json.loads(booster.save_config())),
    smallest={key: min(row[key] for row in rows) for key in ("train-logloss", "val-logloss")},
    largest={key: max(row[key] for row in rows) for key in ("train-auc", "val-auc")},
    importance=booster.get_score(importance_type="gain"),
    model=ledger.sha256("again.json"),
)
