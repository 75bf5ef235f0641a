// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a template names fields in such braces.
import { expect, test } from "vitest";
import { columnsOf, fillTemplate, hasPoint, RUN_FIELDS, readTemplate, writeField } from "./template";

const said = (text: string) => fillTemplate(readTemplate(text), ({ of, key }) => `<${of} ${key}>`);

test("fields are filled in, the words around them stay", () => {
  expect(said("${run.name}, lr ${config.optim.lr}: ${y}")).toBe("<run name>, lr <config optim.lr>: <y >");
  expect(said("${ summary.val/loss } at ${x} of ${metric}")).toBe("<summary val/loss> at <x > of <metric >");
  expect(said("costs $5 {really}")).toBe("costs $5 {really}");
});

test("what names nothing stays as it is and is told", () => {
  for (const wrong of ["${run.nothing}", "${config.}", "${lr}", "${}", "${constructor.name}", "${run.name"]) {
    const template = readTemplate(`a ${wrong}`);
    expect(template.wrong).toEqual([wrong]);
    expect(said(`a ${wrong}`)).toBe(`a ${wrong}`);
  }
  expect(readTemplate("${alert(1)} ${run.name}")).toMatchObject({ wrong: ["${alert(1)}"] });
});

test("it says which columns it needs, and whether it follows the cursor", () => {
  expect(columnsOf(readTemplate("${config.lr} ${run.name} ${config.lr} ${summary.loss}"))).toEqual([
    "config.lr",
    "summary.loss",
  ]);
  expect([hasPoint(readTemplate("${y}")), hasPoint(readTemplate("${run.name}"))]).toEqual([true, false]);
});

test("a field that was chosen is read again as itself", () => {
  for (const key of RUN_FIELDS) expect(readTemplate(writeField({ of: "run", key })).wrong).toEqual([]);
  expect(readTemplate(writeField({ of: "y", key: "" })).parts).toEqual([{ of: "y", key: "" }]);
});
