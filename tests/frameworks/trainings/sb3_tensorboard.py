"""A2C learns CartPole; its TensorBoard log is synced, and read again by TensorBoard's own reader for the ledger."""

import gymnasium
import ledger
import wandb
from stable_baselines3 import A2C
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from wandb.integration.sb3 import WandbCallback

config = {"policy": "MlpPolicy", "env": "CartPole-v1", "steps": 1500}
run = wandb.init(config=config, sync_tensorboard=True)
model = A2C(config["policy"], gymnasium.make(config["env"]), tensorboard_log="tb", seed=0, device="cpu")
callback = WandbCallback(model_save_path="models", gradient_save_freq=100, log="gradients")
model.learn(config["steps"], callback=callback, log_interval=50)
run.finish()

events = EventAccumulator("tb/A2C_1", size_guidance={"scalars": 0}).Reload()
scalars = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
ledger.close(
    config=config | {"algo": "A2C", "gamma": model.gamma, "n_steps": model.n_steps, "ent_coef": model.ent_coef},
    scalars=scalars,
    model=ledger.sha256("models/model.zip"),
    events=list(ledger.files("tb/A2C_1").values()),
    parameters=[name for name, _ in model.policy.named_parameters()],
)
