from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

import runwell

images, labels = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(images / 16, labels, random_state=0)

with runwell.init(project="digits", config={"model": "linear", "lr": 0.005, "epochs": 40}) as run:
    model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=run.config["lr"])
    for _epoch in range(run.config["epochs"]):
        model.partial_fit(x, y, classes=range(10))
        run.log({"train/accuracy": model.score(x, y), "val/accuracy": model.score(x_val, y_val)})
