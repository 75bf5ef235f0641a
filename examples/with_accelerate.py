# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "accelerate", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Accelerate: a training loop for one device or many, whose tracker is Runwell.

make example NAME=accelerate
"""

from __future__ import annotations

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from runwell.integrations.accelerate import Tracker

CONFIG = {"epochs": 10, "batch_size": 32, "lr": 3e-3, "hidden": 64}


def main() -> None:
    set_seed(0)
    tracker = Tracker("examples", name="accelerate")
    accelerator = Accelerator(log_with=tracker, cpu=True)
    accelerator.init_trackers("examples", config=CONFIG)

    pixels, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(
        torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels), random_state=0
    )
    model = nn.Sequential(nn.Linear(64, CONFIG["hidden"]), nn.ReLU(), nn.Linear(CONFIG["hidden"], 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=CONFIG["lr"])
    train = DataLoader(TensorDataset(x, y), CONFIG["batch_size"], shuffle=True)
    model, optimizer, train = accelerator.prepare(model, optimizer, train)

    step = 0
    for epoch in range(CONFIG["epochs"]):
        model.train()
        for images, digits in train:
            loss = nn.functional.cross_entropy(model(images), digits)
            optimizer.zero_grad()
            accelerator.backward(loss)
            optimizer.step()
            step += 1
            accelerator.log({"epoch": epoch, "train/loss": loss.item()}, step=step)
        model.eval()
        with torch.no_grad():
            scores = model(x_val)
        right = scores.argmax(1) == y_val
        accelerator.log({"val/accuracy": right.float().mean().item()}, step=step)
        accelerator.print(f"epoch {epoch + 1}: validation accuracy {right.float().mean():.3f}")

    wrong = (~right).nonzero().flatten()[:12].tolist()
    tracker.log_images({"val/mistakes": [x_val[n].reshape(8, 8) for n in wrong]}, step=step)
    said = scores.argmax(1)
    tracker.log_table(
        "val/wrong", columns=["digit", "said"], data=[[int(y_val[n]), int(said[n])] for n in wrong], step=step
    )
    accelerator.save_model(model, "model")
    tracker.run.log_model("model", name="digits-accelerate")
    accelerator.end_training()


if __name__ == "__main__":
    main()
