"""LightGBM's trees on diabetes under ``wandb_callback`` and ``log_summary``, beside LightGBM's own record."""

import ledger
import lightgbm
import wandb
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from wandb.integration.lightgbm import log_summary, wandb_callback

ROUNDS = 15

x, y = load_diabetes(return_X_y=True, as_frame=True)
x, x_val, y, y_val = train_test_split(x, y, test_size=0.3, random_state=1)
parameters = {"objective": "regression", "metric": ["rmse", "l1"], "num_leaves": 7, "verbosity": -1, "num_threads": 2}
run = wandb.init(config={"rounds": ROUNDS})
record: dict = {}
train = lightgbm.Dataset(x, y)
booster = lightgbm.train(
    parameters,
    train,
    ROUNDS,
    valid_sets=[train, lightgbm.Dataset(x_val, y_val)],
    valid_names=["train", "val"],
    callbacks=[wandb_callback(), lightgbm.record_evaluation(record), lightgbm.early_stopping(10, verbose=False)],
)
log_summary(booster, save_model_checkpoint=True)
booster.save_model("again.txt", num_iteration=booster.best_iteration)
run.finish()
rows = [
    {f"{part}_{name}": values[i] for part, named in record.items() for name, values in named.items()} | {"iteration": i}
    for i in range(len(record["val"]["rmse"]))
]
ledger.close(
    rows=rows,
    config={"rounds": ROUNDS, **parameters},
    summary={
        "best_iteration": booster.best_iteration,
        "best_score": {k: dict(v) for k, v in booster.best_score.items()},
    },
    smallest={key: min(row[key] for row in rows) for key in rows[0] if key != "iteration"},
    importance=[list(pair) for pair in zip(booster.feature_name(), booster.feature_importance().tolist(), strict=True)],
    model=ledger.sha256("again.txt"),
)
