"""torch's ``SummaryWriter`` under ``sync_tensorboard=True``: scalars, a histogram, a picture, two folders."""

import ledger
import numpy as np
import torch
import wandb
from torch.utils.tensorboard import SummaryWriter

STEPS = 20

wandb.tensorboard.patch(root_logdir="tb")
run = wandb.init(config={"steps": STEPS})
rng = np.random.default_rng(1)
picture = rng.integers(0, 256, (6, 9, 3), dtype=np.uint8)
train, val = SummaryWriter("tb/train"), SummaryWriter("tb/val")
scalars: dict[str, list] = {"train/loss": [], "train/rate": [], "val/acc": []}
weights = torch.arange(50, dtype=torch.float32)
for step in range(STEPS):
    loss, rate, acc = 1 / (step + 1), 0.1 * 0.5**step, step / STEPS
    train.add_scalar("loss", loss, step)
    train.add_scalar("rate", rate, step)
    val.add_scalar("acc", acc, step)
    for name, value in (("train/loss", loss), ("train/rate", rate), ("val/acc", acc)):
        scalars[name].append([step, float(np.float32(value))])
train.add_histogram("weights", weights, STEPS - 1)
train.add_image("picture", picture, STEPS - 1, dataformats="HWC")
train.close()
val.close()
run.finish()
ledger.close(config={"steps": STEPS}, scalars=scalars, picture=picture.ravel().tolist(), weights=len(weights))
