# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "gymnasium[classic-control]", "moviepy>=2,<3"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Gymnasium: a policy of eight numbers learns to balance a pole, and is filmed while it does.

The cross-entropy method: try some policies, keep the best fifth, draw the next ones around those.

    make example NAME=gymnasium
"""

from __future__ import annotations

import gymnasium
import numpy as np

import runwell
from runwell.integrations.gymnasium import monitor

CONFIG = {"env": "CartPole-v1", "generations": 12, "policies": 30, "kept": 6}


def main() -> None:
    rng = np.random.default_rng(0)
    monitor()  # every video that RecordVideo finishes is a row's
    with runwell.init(project="examples", name="gymnasium", config=CONFIG) as run:
        run.define_metric("generation", hidden=True)
        run.define_metric("reward/*", step_metric="generation", summary="max")
        env = gymnasium.make(CONFIG["env"])
        filmed = gymnasium.wrappers.RecordVideo(
            gymnasium.make(CONFIG["env"], render_mode="rgb_array"), "videos", episode_trigger=lambda episode: True
        )
        middle, spread = np.zeros((4, 2)), np.ones((4, 2))
        for generation in range(CONFIG["generations"]):
            policies = rng.normal(middle, spread, (CONFIG["policies"], 4, 2))
            rewards = np.array([play(env, policy, seed=generation) for policy in policies])
            best = policies[np.argsort(rewards)[-CONFIG["kept"] :]]
            middle, spread = best.mean(axis=0), best.std(axis=0) + 0.05
            run.log(
                {
                    "generation": generation,
                    "reward/best": rewards.max(),
                    "reward/mean": rewards.mean(),
                    "reward/all": runwell.Histogram(rewards),
                    "spread": spread.mean(),
                }
            )
            print(f"generation {generation + 1}: best {rewards.max():.0f}, mean {rewards.mean():.0f}", flush=True)
            if generation % 4 == 0 or generation == CONFIG["generations"] - 1:
                play(filmed, middle, seed=1)
        filmed.close()
        np.save("policy.npy", middle)
        run.log_model("policy.npy", name="cartpole-policy")


def play(env: gymnasium.Env, policy: np.ndarray, seed: int) -> float:
    """Play one episode; gives the sum of its rewards."""
    state, _ = env.reset(seed=seed)
    total, ended = 0.0, False
    while not ended:
        state, reward, terminated, truncated, _ = env.step(int(np.argmax(state @ policy)))
        total += float(reward)
        ended = terminated or truncated
    return total


if __name__ == "__main__":
    main()
