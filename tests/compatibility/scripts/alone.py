"""Runs that end in ways of their own: each in a process of its own."""

import os
import signal
import sys
import time

import wandb
from parts import begin, main, need, part


@part
def finishes():
    run = begin("ends-well")
    run.log({"x": 1})  # and no finish(): the interpreter's end is the run's


@part
def auto():
    """One half of a run that goes on by itself: the first time it ends badly, the second time it doesn't."""
    run = begin(None, resume="auto")
    for i in range(5):
        run.log({"x": i, "resumed": bool(run.resumed)})
    if not run.resumed:
        print("RUN_ID=" + run.id)
        sys.exit(1)


def _refused(run_id, mode):
    """Give the words with which a start is refused, "" when it isn't."""
    try:
        begin(run_id, resume=mode).finish()
    except Exception as error:
        return str(error) or type(error).__name__
    return ""


@part
def never():
    return _refused("ends-well", "never")


@part
def must():
    return _refused("not-there", "must")


@part
def offline():
    run = begin("offline", mode="offline", config={"lr": 0.1}, name="was offline")
    for i in range(20):
        run.log({"x": i, "y": float("nan") if i == 3 else i / 2})
    print("said offline")
    with open("kept.txt", "w") as file:
        file.write("saved offline")
    run.save("kept.txt")
    run.finish()


@part
def stopped():
    run = begin("stopped")
    try:
        for i in range(600):
            run.log({"x": i})
            time.sleep(0.1)
    except KeyboardInterrupt:
        run.finish(exit_code=255)
        return "interrupted"
    return "not interrupted"


@part
def shares():
    need("x_primary" in dir(wandb.Settings()), "wandb.Settings has no x_primary")
    who = os.environ["SHARES_AS"]
    primary = who == "primary"
    settings = wandb.Settings(mode="shared", x_label=who, x_primary=primary, x_update_finish_state=primary)
    run = begin("shared", settings=settings, config={"lr": 1} if primary else None)
    open(os.path.join("..", who + ".ready"), "w").close()
    while not all(os.path.exists(os.path.join("..", other + ".ready")) for other in ("primary", "worker")):
        time.sleep(0.05)
    for i in range(100):
        run.log({who + "/x": i})
    run.finish()


@part
def verify():
    import inspect

    need("verify" in inspect.signature(wandb.login).parameters, "wandb.login has no verify")
    key = os.environ.pop("WANDB_API_KEY")
    right = wandb.login(key=key, verify=True, relogin=True)
    try:
        wandb.login(key="x" * 40, verify=True, relogin=True)
    except Exception as error:
        return {"right": right, "wrong": type(error).__name__}
    return {"right": right, "wrong": ""}


def killed():
    run = begin("killed")
    for i in range(10):
        run.log({"x": i})
    open("logged", "w").close()
    time.sleep(60)
    os.kill(os.getpid(), signal.SIGKILL)


def raises():
    run = begin("raises")
    run.log({"x": 1})
    raise RuntimeError("broken on purpose")


def exits():
    run = begin("exits")
    run.log({"x": 1})
    sys.exit(3)


if __name__ == "__main__":
    if sys.argv[1] in ("killed", "raises", "exits"):  # what goes on here is none of the parts' business
        globals()[sys.argv[1]]()
    else:
        main()
