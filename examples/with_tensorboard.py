# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "tensorboard", "torch", "scikit-learn"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""TensorBoard: a script that writes with torch's SummaryWriter needs one line, `sync_tensorboard=True`.

make example NAME=tensorboard
"""

from __future__ import annotations

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.tensorboard import SummaryWriter

import runwell

EPOCHS, BATCH = 15, 64


def main() -> None:
    torch.manual_seed(0)
    with runwell.init(project="examples", name="tensorboard", sync_tensorboard=True):  # the one line
        train()


def train() -> None:
    """What the script did before: nothing in here knows of Runwell."""
    pixels, labels = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(
        torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels), random_state=0
    )
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    writer = SummaryWriter("tensorboard")
    step = 0
    for epoch in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            writer.add_scalar("loss/train", loss.item(), step)
            step += 1
        with torch.no_grad():
            scores = model(x_val)
        said = scores.argmax(1)
        writer.add_scalar("loss/val", nn.functional.cross_entropy(scores, y_val).item(), step)
        writer.add_scalar("accuracy/val", (said == y_val).float().mean().item(), step)
        for name, parameter in model.named_parameters():
            writer.add_histogram(f"parameters/{name}", parameter, step)
        wrong = (said != y_val).nonzero().flatten()[:16]
        if len(wrong):
            writer.add_images("mistakes", x_val[wrong].reshape(-1, 1, 8, 8), step)
        print(f"epoch {epoch + 1}: {len((said != y_val).nonzero())} of {len(y_val)} wrong", flush=True)
    writer.add_text("note", "digits, with a hidden layer of 64", step)
    writer.close()


if __name__ == "__main__":
    main()
