"""Plain PyTorch: ``wandb.watch(model, log="all")``, whose histograms are made again by hooks of our own."""

import ledger
import torch
import wandb
from sklearn.datasets import load_digits
from torch import nn

EVERY, STEPS, BINS = 5, 20, 64

torch.manual_seed(4)
pixels, labels = load_digits(return_X_y=True)
x, y = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels)
model = nn.Sequential(nn.Linear(64, 12), nn.Tanh(), nn.Linear(12, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
rows: list[dict] = []
gradients: dict[str, torch.Tensor] = {}
for name, parameter in model.named_parameters():
    parameter.register_hook(lambda gradient, name=name: gradients.__setitem__(name, gradient.detach().clone()))


def histogram(values: torch.Tensor) -> dict:
    """Give counts and edges as the client's documentation says: 64 bins from the least to the greatest."""
    least, most = values.min().item(), values.max().item()
    edges = torch.linspace(least, most, BINS + 1)
    return {"_type": "histogram", "values": values.histc(BINS, least, most).tolist(), "bins": edges.tolist()}


run = wandb.init(config={"every": EVERY})
run.watch(model, log="all", log_freq=EVERY, log_graph=True)
for step in range(1, STEPS + 1):
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    row: dict = {"loss": loss.item()}
    if step % EVERY == 0:
        row |= {f"parameters/{name}": histogram(value) for name, value in before.items()}
        row |= {f"gradients/{name}": histogram(value) for name, value in gradients.items()}
    run.log({"loss": loss.item()})
    rows.append(row)
run.finish()
ledger.close(
    rows=rows,
    config={"every": EVERY},
    layers=[[name, str(layer)] for name, layer in model.named_children()],
)
