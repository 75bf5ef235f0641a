"""A linear model trained with accelerate, whose tracker logs values, a picture and a table."""

import ledger
import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from sklearn.datasets import load_diabetes
from torch.utils.data import DataLoader, TensorDataset

set_seed(2)
accelerator = Accelerator(log_with="wandb", cpu=True)
config = {"lr": 0.05, "batch": 64, "epochs": 4, "data": "diabetes", "dropout": None}
accelerator.init_trackers("frameworks", config=config, init_kwargs={"wandb": {"tags": ["linear"], "name": "linear"}})
x, y = load_diabetes(return_X_y=True)
data = TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y / 100, dtype=torch.float32))
model = torch.nn.Linear(10, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"])
model, optimizer, loader = accelerator.prepare(model, optimizer, DataLoader(data, config["batch"], shuffle=True))
rows, step = [], 0
for epoch in range(config["epochs"]):
    for inputs, targets in loader:
        loss = torch.nn.functional.mse_loss(model(inputs)[:, 0], targets)
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        row = {"loss": loss.item(), "epoch": epoch, "size": {"batch": len(targets)}}
        accelerator.log(row, step=step)
        rows.append(row)
        step += 1
picture = np.full((4, 5, 3), 200, np.uint8)
cells = [["bias", accelerator.unwrap_model(model).bias.item()], ["rows", 442.0]]
tracker = accelerator.get_tracker("wandb")
tracker.log_images({"picture": [picture]}, step=step)
tracker.log_table("numbers", columns=["name", "value"], data=cells, step=step + 1)
accelerator.end_training()
ledger.close(rows=rows, config=config, picture=picture.ravel().tolist(), table=cells)
