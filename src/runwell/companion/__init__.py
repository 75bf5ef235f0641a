"""The process beside every run, ``python -m runwell.companion RUN_DIR``: durability, liveness, metrics, delivery."""
