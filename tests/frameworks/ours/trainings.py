"""Tiny trainings, one a framework, each logged by our integration: run as ``python trainings.py NAME RUN_ID``.

The last line that a training prints is its own record of what it logged, as JSON: ``rows`` (parts of rows, in order),
``config`` and ``summary`` (parts of them), ``files``, ``tables`` (keys of logged media), ``media`` (their digests, by
key) and ``models`` (the files of each version of the run's model).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np

import runwell

Record = dict[str, Any]
TRAININGS: dict[str, Callable[[str], Record]] = {}


def training(work: Callable[[str], Record]) -> Callable[[str], Record]:
    TRAININGS[work.__name__] = work
    return work


def begin(run_id: str, **more: Any) -> Any:
    return runwell.init(project="integrations", id=run_id, **more)


def cancer() -> Any:
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    data = load_breast_cancer()
    return train_test_split(data.data, data.target, random_state=1)


@training
def xgboost(run_id: str) -> Record:
    import xgboost as library

    from runwell.integrations.xgboost import Callback

    x, x_val, y, y_val = cancer()
    train, val, seen = library.DMatrix(x, y), library.DMatrix(x_val, y_val), {}
    parameters = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 2}
    with begin(run_id):
        library.train(
            parameters, train, 6, evals=[(train, "train"), (val, "val")], evals_result=seen, verbose_eval=False,
            early_stopping_rounds=4, callbacks=[Callback(log_model=True)],
        )  # fmt: skip
    rows = [
        {"epoch": n, "val-auc": v, "train-logloss": seen["train"]["logloss"][n]}
        for n, v in enumerate(seen["val"]["auc"])
    ]
    best = max(seen["val"]["auc"])
    return {"rows": rows, "summary": {"val-auc.max": best, "best_score": best}, "tables": ["Feature Importance_table"],
            "models": [[f"{run_id}_model.json"]]}  # fmt: skip


@training
def lightgbm(run_id: str) -> Record:
    import lightgbm as library

    from runwell.integrations.lightgbm import callback, log_summary

    x, x_val, y, y_val = cancer()
    train = library.Dataset(x, y)
    val, seen = library.Dataset(x_val, y_val, reference=train), {}
    with begin(run_id):
        model = library.train(
            {"objective": "binary", "metric": ["auc"], "verbose": -1, "seed": 1}, train, 6, valid_sets=[val],
            valid_names=["val"], callbacks=[library.record_evaluation(seen), callback()],
        )  # fmt: skip
        log_summary(model, save_model_checkpoint=True)
    rows = [{"iteration": n, "val_auc": value} for n, value in enumerate(seen["val"]["auc"])]
    return {"rows": rows, "config": {"objective": "binary"}, "summary": {"val_auc.max": max(seen["val"]["auc"])},
            "models": [[f"{run_id}_model.txt"]], "tables": ["Feature Importance_table"]}  # fmt: skip


@training
def catboost(run_id: str) -> Record:
    import catboost as library

    from runwell.integrations.catboost import Callback, log_summary

    x, x_val, y, y_val = cancer()
    model = library.CatBoostClassifier(iterations=6, verbose=False, allow_writing_files=False, random_seed=1)
    with begin(run_id):
        model.fit(x, y, eval_set=(x_val, y_val), callbacks=[Callback()])
        log_summary(model, save_model_checkpoint=True)
    seen = model.get_evals_result()
    rows = [{"validation-Logloss": value, "learn-Logloss": seen["learn"]["Logloss"][n]}
            for n, value in enumerate(seen["validation"]["Logloss"])]  # fmt: skip
    return {"rows": rows, "config": {"iterations": 6}, "summary": {"best_iteration": model.get_best_iteration()},
            "models": [[f"{run_id}_model.cbm"]], "tables": ["Feature Importance_table"]}  # fmt: skip


@training
def keras(run_id: str) -> Record:
    import keras as library

    from runwell.integrations.keras import EvalCallback, MetricsLogger, ModelCheckpoint

    x = np.random.default_rng(0).random((64, 4)).astype("float32")
    y = (x.sum(1) > 2).astype("float32")

    class Predictions(EvalCallback):
        def add_ground_truth(self, logs: Any = None) -> None:
            for row in x[:3]:
                self.data_table.add_data(float(row[0]))

        def add_model_predictions(self, epoch: int, logs: Any = None) -> None:
            for value in self.model.predict(x[:3], verbose=0):
                self.pred_table.add_data(epoch, float(value[0]))

    with begin(run_id):
        model = library.Sequential([library.layers.Dense(4, "relu"), library.layers.Dense(1, "sigmoid")])
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        seen = model.fit(
            x, y, epochs=3, batch_size=16, verbose=0, validation_split=0.25,
            callbacks=[MetricsLogger(log_freq=1), ModelCheckpoint("kept/model-{epoch}.keras"),
                       Predictions(["x"], ["epoch", "said"])],
        ).history  # fmt: skip
    rows = [{"epoch/epoch": n, "epoch/loss": loss, "epoch/val_accuracy": seen["val_accuracy"][n]}
            for n, loss in enumerate(seen["loss"])]  # fmt: skip
    return {"rows": rows, "summary": {"batch/batch_step": 8}, "models": [[f"model-{n}.keras"] for n in (1, 2, 3)],
            "tables": ["eval/predictions", "eval/data"]}  # fmt: skip


@training
def lightning(run_id: str) -> Record:
    import torch
    from lightning import LightningModule, Trainer

    from runwell.integrations.lightning import Logger

    losses: list[float] = []

    class Model(LightningModule):
        def __init__(self, width: int = 4) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(width, 1)

        def training_step(self, batch: Any, index: int) -> Any:
            loss = ((self.layer(batch[0]) - 1) ** 2).mean()
            self.log("loss", loss)
            losses.append(loss.item())
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 0.1)

    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.rand(32, 4)), 8)
    logger = Logger(project="integrations", id=run_id, log_model=True)
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "default_root_dir": "kept"}
    Trainer(max_epochs=2, logger=logger, log_every_n_steps=1, **quiet).fit(Model(), data)
    logger.experiment.finish()
    rows = [{"loss": loss, "trainer/global_step": step} for step, loss in enumerate(losses)]
    return {
        "rows": rows,
        "config": {"width": 4},
        "summary": {"trainer/global_step": 7},
        "models": [["epoch=1-step=8.ckpt"]],
    }


@training
def transformers(run_id: str) -> Record:
    from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

    from runwell.integrations.transformers import Callback

    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = BertForSequenceClassification(BertConfig(vocab_size=50, **shape))
    data = [{"input_ids": [1, 2, 3], "attention_mask": [1, 1, 1], "labels": n % 2} for n in range(16)]
    arguments = TrainingArguments(
        "kept", num_train_epochs=1, per_device_train_batch_size=4, logging_steps=1, report_to=[], use_cpu=True,
        disable_tqdm=True, eval_strategy="epoch",
    )  # fmt: skip
    with begin(run_id):
        trainer = Trainer(model, arguments, train_dataset=data, eval_dataset=data, callbacks=[Callback(log_model=True)])
        trainer.train()
    log = trainer.state.log_history
    rows = [{"train/loss": said["loss"], "train/global_step": said["step"]} for said in log if "loss" in said]
    rows += [{"eval/loss": said["eval_loss"]} for said in log if "eval_loss" in said]
    total = next(said["train_loss"] for said in log if "train_loss" in said)
    return {"rows": rows, "config": {"hidden_size": 16, "logging_steps": 1}, "summary": {"train/train_loss": total},
            "models": [sorted(path.name for path in Path("kept/checkpoint-4").iterdir())]}  # fmt: skip


@training
def optuna(run_id: str) -> Record:
    import optuna as library

    from runwell.integrations.optuna import Callback

    library.logging.set_verbosity(library.logging.ERROR)
    study = library.create_study(sampler=library.samplers.RandomSampler(seed=1))
    with begin(run_id):
        study.optimize(lambda trial: trial.suggest_float("x", -1, 1) ** 2, n_trials=4, callbacks=[Callback("loss")])
    rows = [{"trial_number": trial.number, "x": trial.params["x"], "loss": trial.value} for trial in study.trials]
    return {"rows": rows, "config": {"direction": ["MINIMIZE"]}}


@training
def hydra(run_id: str) -> Record:
    from omegaconf import OmegaConf

    from runwell.integrations.hydra import init

    config = OmegaConf.create({"lr": 0.1, "twice": "${lr}", "net": {"sizes": [1, 2]}})
    with init(config, project="integrations", id=run_id) as run:
        run.log({"x": 1})
    return {"rows": [{"x": 1}], "config": {"lr": 0.1, "twice": 0.1, "net": {"sizes": [1, 2]}}}


@training
def sb3(run_id: str) -> Record:
    from stable_baselines3 import PPO

    from runwell.integrations.sb3 import Callback

    with begin(run_id):
        PPO("MlpPolicy", "CartPole-v1", n_steps=64, batch_size=64, n_epochs=1, seed=1, device="cpu").learn(
            192, callback=Callback(model_save_path="kept")
        )
    rows = [{"global_step": step, "train/learning_rate": 0.0003} for step in (128, 192)]
    return {"rows": rows, "config": {"algo": "PPO", "n_steps": 64}, "models": [["model.zip"]]}


@training
def accelerate(run_id: str) -> Record:
    from accelerate import Accelerator

    from runwell.integrations.accelerate import Tracker

    accelerator = Accelerator(log_with=Tracker("integrations", id=run_id), cpu=True)
    accelerator.init_trackers("integrations", config={"lr": 0.1})
    accelerator.log({"loss": 0.5}, step=3)
    accelerator.end_training()
    return {"rows": [{"_step": 3, "loss": 0.5}], "config": {"lr": 0.1}}


@training
def torch(run_id: str) -> Record:
    import torch as library

    from runwell.integrations.torch import Loop

    library.manual_seed(0)
    model = library.nn.Sequential(library.nn.Linear(3, 4), library.nn.ReLU(), library.nn.Linear(4, 1))
    optimizer = library.optim.SGD(model.parameters(), 0.1)
    losses: list[float] = []
    gradients: dict[int, Any] = {}
    with begin(run_id) as run:
        run.watch(model, log="all", log_freq=3, log_graph=True)
        loop = Loop(model, optimizer)
        for _ in loop.epochs(2):
            for batch in loop.batches(library.rand(4, 8, 3)):
                optimizer.zero_grad()
                loss = (model(batch) ** 2).mean()
                loss.backward()
                gradients[loop.batch] = model[0].weight.grad.clone()
                optimizer.step()
                loop.log(loss=loss)
                losses.append(loss.item())
    rows: list[Record] = [
        {"batch": n, "epoch": n // 4, "loss": loss, "learning_rate": 0.1} for n, loss in enumerate(losses)
    ]
    for batch in (2, 5):  # every third
        counts, edges = np.histogram(gradients[batch].numpy(), bins=64)
        rows[batch]["gradients/0.weight"] = {"_type": "histogram", "values": counts.tolist(), "bins": edges.tolist()}
    return {"rows": rows, "config": {"parameters": 21}, "summary": {}, "graph": "graph_0"}


@training
def tensorboard(run_id: str) -> Record:
    from torch.utils.tensorboard import SummaryWriter

    runwell.tensorboard.sync(root_logdir="tb")
    with begin(run_id, sync_tensorboard=True):
        train, val = SummaryWriter("tb/train"), SummaryWriter("tb/val")
        for step in (0, 10, 20):
            train.add_scalar("loss", 1 / (step + 1), step)
            train.add_scalar("rate", 0.5, step)
            val.add_scalar("acc", step / 20, step)
        train.add_histogram("weights", np.array([0.0, 0.5, 1.0, 1.0]), 20)
        train.add_image("picture", np.zeros((3, 4, 5), np.uint8), 20)
        train.add_text("note", "half way", 20)
        train.close()
        val.close()
    kept = [f"{path.parent.name}/{path.name}" for path in Path("tb").glob("*/*tfevents*")]
    assert len(kept) == 2, kept
    train.add_scalar("loss", 1.0, 30)  # after the end: in the file alone
    runwell.tensorboard.unpatch()
    rows: list[Record] = [
        {"global_step": step, "train/loss": 1 / (step + 1), "train/rate": 0.5, "val/acc": step / 20}
        for step in (0, 10, 20)
    ]
    rows.append({"global_step": 20, "train/note": "half way"})
    return {"rows": rows, "files": kept, "tables": ["train/weights", "train/picture"]}


@training
def ultralytics(run_id: str) -> Record:
    import csv

    from PIL import Image
    from ultralytics import YOLO

    from runwell.integrations.ultralytics import add_callbacks

    rng = np.random.default_rng(0)
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            Path("shapes", kind, part).mkdir(parents=True)
        for n in range(8):  # a red or a blue box on grey
            picture = np.full((64, 64, 3), 60, np.uint8)
            (w, h), x, y = rng.integers(20, 40, 2), rng.integers(0, 24), rng.integers(0, 24)
            picture[y : y + h, x : x + w] = ((40, 90, 230), (230, 60, 40))[n % 2]
            Image.fromarray(picture).save(f"shapes/images/{part}/{n}.png")
            box = [(x + w / 2) / 64, (y + h / 2) / 64, w / 64, h / 64]
            Path(f"shapes/labels/{part}/{n}.txt").write_text(f"{n % 2} {' '.join(map(str, box))}\n")
    Path("shapes.yaml").write_text(
        f"path: {Path('shapes').absolute()}\ntrain: images/train\nval: images/val\nnames: [blue, red]\n"
    )
    model = add_callbacks(YOLO("yolov8n.yaml"), project="integrations")
    with begin(run_id):
        model.train(
            data="shapes.yaml", epochs=3, imgsz=64, batch=4, device="cpu", workers=0, mosaic=0, project=Path("out"),
            verbose=False,
        )  # fmt: skip
        saved = Path(model.trainer.save_dir)
    with (saved / "results.csv").open() as file:
        told = [{key.strip(): float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    names = [*(name for name in told[0] if name.startswith(("train/", "val/", "lr/"))), "metrics/mAP50(B)", "epoch"]
    best = {f"best/{name}": round(float(value), 5) for name, value in model.trainer.metrics.items() if "mAP" in name}
    return {
        "rows": [{name: row[name] for name in names} for row in told],
        "near": 1e-3,  # results.csv has six digits
        "config": {"epochs": 3, "imgsz": 64, "model": "yolov8n.yaml"},
        "summary": best,
        "tables": ["plots/results", "plots/labels", "plots/confusion_matrix", "curves/F1-Confidence(B)_table"],
        "models": [["best.pt"]],
    }


@training
def gymnasium(run_id: str) -> Record:
    import hashlib

    import gymnasium as library

    Path("videos").mkdir()
    Path("videos/rl-video-episode-0.mp4").write_bytes(b"of an earlier training, and written over by this one")
    lengths: list[int] = []
    with begin(run_id, monitor_gym=True) as run:
        env = library.make("CartPole-v1", render_mode="rgb_array")
        env = library.wrappers.RecordVideo(env, "videos", episode_trigger=lambda episode: episode % 2 == 0)
        for episode in range(3):
            env.reset(seed=episode)
            ended, length = False, 0
            while not ended:
                _, _, terminated, truncated, _ = env.step(length % 2)
                ended, length = terminated or truncated, length + 1
            run.log({"length": length})
            lengths.append(length)
        env.close()
    videos = [hashlib.sha256(Path(f"videos/rl-video-episode-{n}.mp4").read_bytes()).hexdigest() for n in (0, 2)]
    return {
        "rows": [{"length": length} for length in lengths],
        "tables": ["videos"],
        "media": {"videos": videos},
    }


if __name__ == "__main__":
    record = TRAININGS[sys.argv[1]](sys.argv[2])
    print(json.dumps(record))
    Path("record.json").write_text(json.dumps(record))
