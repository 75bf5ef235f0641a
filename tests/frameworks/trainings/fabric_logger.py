"""Lightning Fabric's loop, with wandb's logger for it: rows, hyperparameters, pictures, tables, pages."""

import ledger
import lightning
import numpy as np
import torch
import wandb
from sklearn.datasets import load_digits
from torch import nn
from wandb.integration.lightning.fabric import WandbLogger

pixels, labels = load_digits(return_X_y=True)
x, y = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels)
logger = WandbLogger(project="frameworks", name="fabric", tags=["loop"])
fabric = lightning.Fabric(accelerator="cpu", loggers=logger)
fabric.seed_everything(1)
model = nn.Linear(64, 10)
model, optimizer = fabric.setup(model, torch.optim.SGD(model.parameters(), lr=0.5))
logger.log_hyperparams({"lr": 0.5, "batch": len(x), "act": nn.functional.relu})
rows = []
for step in range(10):
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    fabric.backward(loss)
    optimizer.step()
    accuracy = (model(x).argmax(1) == y).float().mean().item()
    fabric.log_dict({"loss": loss.item(), "accuracy": accuracy}, step=step)
    rows.append({"loss": loss.item(), "accuracy": accuracy, "trainer/global_step": step})
picture = (pixels[0].reshape(8, 8) * 15).astype(np.uint8)
cells = [["seven", 7], ["eight", 8]]
logger.log_image("digit", [picture], caption=["a zero"])
logger.log_table("words", columns=["word", "digit"], data=cells)
logger.log_html("page", ["<p>half way</p>"])
wandb.finish()
ledger.close(
    rows=rows, config={"lr": 0.5, "batch": len(x), "act": "relu"}, picture=picture.ravel().tolist(), table=cells
)
