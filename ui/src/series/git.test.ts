import { expect, test } from "vitest";
import { pageOfCommit, pageOfRemote } from "./git";

test("remotes become pages, however they are written", () => {
  for (const remote of [
    "git@git.example.org:ml/food.git",
    "ssh://git@git.example.org:22/ml/food.git",
    "https://git.example.org/ml/food.git",
    "https://git.example.org/ml/food/",
  ]) {
    expect(pageOfRemote(remote)).toBe("https://git.example.org/ml/food");
  }
});

test("what a browser can't open, or must not, is no page", () => {
  for (const remote of ["/srv/git/food.git", "file://srv/git", "javascript:alert(1)", "", "C:\\code"]) {
    expect(pageOfRemote(remote)).toBeNull();
  }
});

test("a commit is a page below its remote", () => {
  const commit = "4f1c9e2b8a".padEnd(40, "0");
  expect(pageOfCommit("git@git.example.org:ml/food.git", commit)).toBe(
    `https://git.example.org/ml/food/commit/${commit}`,
  );
  expect(pageOfCommit("git@git.example.org:ml/food.git", "../../x")).toBeNull();
});
