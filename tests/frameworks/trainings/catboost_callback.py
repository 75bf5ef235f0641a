"""CatBoost's trees on wine under ``WandbCallback`` and ``log_summary``, beside CatBoost's own record."""

import ledger
import wandb
from catboost import CatBoostClassifier, Pool
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from wandb.integration.catboost import WandbCallback, log_summary

x, y = load_wine(return_X_y=True, as_frame=True)
x, x_val, y, y_val = train_test_split(x, y, test_size=0.3, random_state=1)
model = CatBoostClassifier(
    iterations=12, depth=3, learning_rate=0.3, random_seed=4, verbose=0, allow_writing_files=False
)
run = wandb.init(config={"data": "wine"})
model.fit(Pool(x, y), eval_set=Pool(x_val, y_val), callbacks=[WandbCallback()])
log_summary(model, save_model_checkpoint=True)
model.save_model("again")
run.finish()
record = model.get_evals_result()
rows = [
    {f"{part}-{name}": values[i] for part, named in record.items() for name, values in named.items()}
    | {"iteration@metric-period-1": i + 1}
    for i in range(len(record["learn"]["MultiClass"]))
]
importance = model.get_feature_importance(prettified=True)
ledger.close(
    rows=rows,
    # The client sends no object that is empty or has but empty ones.
    config={"data": "wine"} | {k: v for k, v in model.get_all_params().items() if k != "pool_metainfo_options"},
    summary={"best_iteration": model.get_best_iteration(), "best_score": model.get_best_score()},
    importance=[
        [name, float(share)] for name, share in zip(importance["Feature Id"], importance["Importances"], strict=True)
    ],
    model=ledger.sha256("again"),
)
