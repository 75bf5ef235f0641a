"""scikit-learn's own data sets, and every plot that wandb makes of a classifier, a regressor, a clustering."""

import ledger
import numpy as np
import wandb
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

rng = np.random.RandomState(0)
cancer = load_breast_cancer()
names = [str(name) for name in cancer.target_names]
x_train, x_test, y_train, y_test = train_test_split(cancer.data, cancer.target, test_size=0.4, random_state=0)
forest = RandomForestClassifier(20, random_state=0).fit(x_train, y_train)
guesses, shares = forest.predict(x_test), forest.predict_proba(x_test)

sugar = load_diabetes()
d_train, d_test, t_train, t_test = train_test_split(sugar.data, sugar.target, test_size=0.3, random_state=0)
ridge = Ridge().fit(d_train, t_train)

iris = load_iris()
means = KMeans(3, random_state=0, n_init=2)
clusters = means.fit_predict(iris.data)

run = wandb.init(config=forest.get_params())
wandb.sklearn.plot_classifier(
    forest,
    x_train,
    x_test,
    y_train,
    y_test,
    guesses,
    shares,
    names,
    model_name="forest",
    feature_names=[str(name) for name in cancer.feature_names],
)
wandb.sklearn.plot_learning_curve(ridge, d_train, t_train)
wandb.sklearn.plot_regressor(ridge, d_train, d_test, t_train, t_test, model_name="ridge")
wandb.sklearn.plot_clusterer(means, iris.data, clusters, labels=list(iris.target_names), model_name="means")
run.finish()


weighted = {"average": "weighted"}
order = np.argsort(forest.feature_importances_)[::-1]
matrix = metrics.confusion_matrix(y_test, guesses)
ridge.fit(d_train, t_train)
ledger.close(
    config=forest.get_params(),
    tables={
        "confusion_matrix": [[names[i], names[j], int(matrix[i, j])] for i in range(2) for j in range(2)],
        "feature_importances": [[str(cancer.feature_names[i]), float(forest.feature_importances_[i])] for i in order],
        "class_proportions": [
            [names[c], which, int((labels == c).sum())]
            for c in (0, 1)
            for which, labels in (("train", y_train), ("test", y_test))
        ],
    },
    scores={
        "RandomForestClassifier": {
            "accuracy_score": metrics.accuracy_score(y_test, guesses),
            "precision": metrics.precision_score(y_test, guesses, **weighted),
            "recall": metrics.recall_score(y_test, guesses, **weighted),
            "f1_score": metrics.f1_score(y_test, guesses, **weighted),
        },
        "Ridge": {
            "mae": metrics.mean_absolute_error(t_test, ridge.predict(d_test)),
            "mse": metrics.mean_squared_error(t_test, ridge.predict(d_test)),
            "r2_score": metrics.r2_score(t_test, ridge.predict(d_test)),
        },
    },
    silhouette=float(metrics.silhouette_score(iris.data, clusters)),
    roc_points=len(set(shares[:, 1])),
)
