"""Runs, as scripts write them."""

import inspect
import json
import pathlib
import sys
import time

import wandb
from parts import PROJECT, begin, main, need, part

BIG = 2**60 + 1


@part
def log_a_run():
    config = {"lr": 0.003, "layers": [64, 32], "text": "한국어 🚀", "on": True, "nothing": None}
    run = begin(
        "a-run",
        name="a run",
        config=config,
        tags=["baseline", "paper"],
        notes="the notes",
        group="g1",
        job_type="train",
    )
    for i in range(100):
        run.log({"loss": 1 / (i + 1), "i": i, "word": f"w{i}"})
    run.config.update({"late": "added"})
    run.summary["best"] = {"acc": 0.75, "at": 7}
    run.finish()


@part
def numbers():
    run = begin("numbers", config={"big": BIG})
    for value in (float("nan"), float("inf"), float("-inf"), BIG, -BIG, 1e308, 5e-324):
        run.log({"x": value})
    run.summary["ended"] = float("nan")
    run.finish()
    [own] = pathlib.Path("wandb").glob("run-*-numbers/files/wandb-summary.json")
    return json.loads(own.read_text()).get("ended", "dropped")


@part
def nested():
    run = begin("nested", config={"optim": {"name": "adam", "betas": [0.9, 0.999]}, "a/b": 1, "dotted.key": 2})
    for i in range(3):
        run.log({"train": {"loss": i, "deep": {"x": -i}}, "val/acc": i / 2, "of.its.own": i * 10})
    run.finish()


@part
def metric_rules():
    run = begin("metric-rules")
    run.define_metric("epoch")
    run.define_metric("val/*", step_metric="epoch")
    run.define_metric("acc", summary="max")
    for i, acc in enumerate([0.1, 0.9, 0.5]):
        run.log({"acc": acc, "val/loss": i, "epoch": i * 2}, step=i * 10)
    run.finish()


@part
def console():
    run = begin("console")
    print("first words 한국어")
    print("an error's words", file=sys.stderr)
    for n in range(5):
        print(f"\rbar {n} of 4", end="", flush=True)
        time.sleep(0.05)
    print()
    print("last words")
    run.finish()


@part
def system_metrics():
    settings = wandb.Settings()
    if hasattr(settings, "x_stats_sampling_interval"):
        chosen = wandb.Settings(x_stats_sampling_interval=1)
    else:
        chosen = wandb.Settings(_stats_sample_rate_seconds=0.5, _stats_samples_to_average=2)
    run = begin("system", settings=chosen)
    for i in range(10):
        run.log({"x": i})
        time.sleep(0.5)
    run.finish()


@part
def alert():
    run = begin("alert")
    run.alert(title="loss is high", text="above 3", level=wandb.AlertLevel.WARN)
    run.finish()


@part
def resume():
    for number, mode in enumerate((None, "allow", "must")):
        run = begin("resumed", resume=mode, config={f"part{number}": mode})
        print("part", number)
        for i in range(5):
            run.log({"x": number * 100 + i})
        run.finish()


@part
def fork():
    need("fork_from" in inspect.signature(wandb.init).parameters, "wandb.init has no fork_from")
    run = begin("fork-parent", config={"lr": 0.1})
    for i in range(10):
        run.log({"x": i})
    run.finish()
    run = wandb.init(project=PROJECT, id="fork-child", fork_from="fork-parent?_step=4", config={"child": True})
    for i in range(3):
        run.log({"x": 100 + i})
    run.finish()


@part
def rewind():
    need("resume_from" in inspect.signature(wandb.init).parameters, "wandb.init has no resume_from")
    run = begin("rewound")
    for i in range(10):
        run.log({"x": i})
    run.finish()
    run = wandb.init(project=PROJECT, resume_from="rewound?_step=4")
    for i in range(3):
        run.log({"x": 100 + i})
    run.finish()


@part
def api_targets():
    """Some runs to be found, edited and deleted by the public Api."""
    for n, lr in enumerate((0.1, 0.2, 0.3)):
        run = begin(f"api-{n}", name=f"api run {n}", config={"lr": lr}, tags=["odd" if n % 2 else "even"], group="api")
        for i in range(50):
            run.log({"loss": 1 / (i + 1)})
        run.summary["acc"] = n / 10
        run.finish()


if __name__ == "__main__":
    main()
