import { expect, it } from "vitest";
import type { ArtifactVersion } from "../net/shapes";
import { applyVersionEdit } from "./artifactEdits";

const version = (name: string, aliases: string[]): ArtifactVersion => ({
  id: name,
  entity: "e",
  project: "p",
  name: "model",
  type: "model",
  version: name,
  aliases,
  tags: ["a"],
  description: null,
  size_bytes: 1,
  file_count: 1,
  digest: "",
  created_at: 0,
  run: null,
});

it("takes an alias from the version that had it", () => {
  const edit = { aliases: ["best"] };
  expect(applyVersionEdit(version("v0", ["best", "old"]), "v1", edit).aliases).toEqual(["old"]);
  expect(applyVersionEdit(version("v1", []), "v1", edit).aliases).toEqual(["best"]);
});

it("adds and takes away tags of the edited version alone", () => {
  const edit = { add_tags: ["b"], remove_tags: ["a"] };
  expect(applyVersionEdit(version("v1", []), "v1", edit).tags).toEqual(["b"]);
  expect(applyVersionEdit(version("v0", []), "v1", edit).tags).toEqual(["a"]);
});
