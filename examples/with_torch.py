# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""A plain PyTorch loop: a small convolutional network on handwritten digits, its gradients and its mistakes.

make example NAME=torch
"""

from __future__ import annotations

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import runwell
from runwell.integrations.torch import Loop

CONFIG = {"epochs": 8, "batch_size": 32, "lr": 2e-3, "channels": 16}


def main() -> None:
    torch.manual_seed(0)
    train, val = digits()
    with runwell.init(project="examples", name="torch", config=CONFIG) as run:
        run.define_metric("val/accuracy", summary="max", goal="maximize")
        model = nn.Sequential(
            nn.Conv2d(1, run.config["channels"], 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(run.config["channels"], 2 * run.config["channels"], 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * run.config["channels"] * 4 * 4, 10),
        )
        run.watch(model, log="all", log_freq=20, log_graph=True)  # histograms, and the layers
        optimizer = torch.optim.AdamW(model.parameters(), lr=run.config["lr"])
        loop = Loop(model, optimizer, log_every=5)  # epoch, batch, learning rate and speed join each row
        for epoch in loop.epochs(run.config["epochs"]):
            model.train()
            for x, y in loop.batches(DataLoader(train, run.config["batch_size"], shuffle=True)):
                loss = nn.functional.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                loop.log(**{"train/loss": loss.item()})
            row = evaluate(model, *val.tensors)
            run.log(row)
            print(f"epoch {epoch + 1}: validation accuracy {row['val/accuracy']:.3f}")
        torch.save(model.state_dict(), "digits.pt")
        run.log_model("digits.pt", name="digits-cnn", aliases=["latest", "torch"])


def digits() -> tuple[TensorDataset, TensorDataset]:
    pixels, labels = load_digits(return_X_y=True)
    x = torch.tensor(pixels / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    x, x_val, y, y_val = train_test_split(x, torch.tensor(labels), random_state=0)
    return TensorDataset(x, y), TensorDataset(x_val, y_val)


@torch.no_grad()
def evaluate(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> dict:
    model.eval()
    scores = model(x)
    said = scores.argmax(1)
    wrong = (said != y).nonzero().flatten()[:12].tolist()
    row = {
        "val/loss": nn.functional.cross_entropy(scores, y).item(),
        "val/accuracy": (said == y).float().mean().item(),
        "val/confusion": runwell.plot.confusion_matrix(
            y_true=y.tolist(), preds=said.tolist(), class_names=[str(digit) for digit in range(10)]
        ),
    }
    if wrong:
        row["val/mistakes"] = [runwell.Image(x[n], caption=f"{y[n]}, taken for {said[n]}") for n in wrong]
    return row


if __name__ == "__main__":
    main()
