/** Makes the specification of a custom chart one that is safe and easy to draw: sized, coloured by run, with its data. Pure. */

export type Spec = { [key: string]: unknown };

/** A run of a chart: its name as the rows have it, and its colour. */
export interface ChartRun {
  name: string;
  colour: string;
}

/** Name that specifications give to the rows of a run's table. */
const DATA = "wandb";

const isObject = (value: unknown): value is Spec =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isVega = (spec: Spec): boolean =>
  typeof spec.$schema === "string" ? /\/vega\/v\d/.test(spec.$schema) : Array.isArray(spec.marks);

/** Whether a specification is one view, which can be given a size; several views keep theirs. */
const isOneView = (spec: Spec): boolean =>
  !["facet", "hconcat", "vconcat", "concat", "repeat"].some((kind) => kind in spec) && !hasFacets(spec);

function hasFacets(spec: Spec): boolean {
  const encodings = [spec, ...(Array.isArray(spec.layer) ? spec.layer : [])].map((one) => one?.encoding);
  return encodings.some((encoding) => isObject(encoding) && ["row", "column", "facet"].some((one) => one in encoding));
}

/**
 * Gives a specification with its rows, in the size of its panel.
 *
 * What would reach beyond the chart (`usermeta` may carry options for the drawing itself) is left out.
 */
export function drawable(spec: Spec, rows: Spec[], runs: ChartRun[], size: { width: number; height: number }): Spec {
  const { usermeta: _, ...rest } = structuredClone(spec);
  if (isVega(rest)) {
    const data = Array.isArray(rest.data) ? rest.data : isObject(rest.data) ? [rest.data] : [];
    return {
      ...rest,
      ...size,
      autosize: rest.autosize ?? { type: "fit", contains: "padding" },
      data: data.map((one) => (isObject(one) && one.name === DATA ? { ...one, values: rows, url: undefined } : one)),
    };
  }
  if (runs.length > 1 && isFilled(rest) && !mentionsRuns(rest)) {
    const datasets = isObject(rest.datasets) ? rest.datasets : {};
    return { ...sideBySide(rest, runs, size), data: { name: DATA }, datasets: { ...datasets, [DATA]: rows } };
  }
  colourRuns(rest, runs);
  const sized = isOneView(rest)
    ? {
        ...size,
        autosize: { type: "fit", contains: "padding", resize: true, ...(isObject(rest.autosize) ? rest.autosize : {}) },
      }
    : {};
  const datasets = isObject(rest.datasets) ? rest.datasets : {};
  return { data: { name: DATA }, ...rest, ...sized, datasets: { ...datasets, [DATA]: rows } };
}

/** Whether a chart covers its whole area, so that runs drawn into one would hide or sum each other. */
function isFilled(spec: Spec): boolean {
  if (!isOneView(spec)) return false;
  const marks = [spec, ...(Array.isArray(spec.layer) ? spec.layer : [])].map((one) =>
    isObject(one?.mark) ? one.mark.type : one?.mark,
  );
  return marks.some((mark) => mark === "rect" || mark === "arc");
}

function mentionsRuns(node: unknown): boolean {
  if (Array.isArray(node)) return node.some((one) => one === "name" || mentionsRuns(one));
  if (!isObject(node)) return false;
  return Object.entries(node).some(
    ([key, value]) => key !== "datasets" && ((key === "field" && value === "name") || mentionsRuns(value)),
  );
}

/** Least side of one of several charts; more of them scroll. */
const CELL_PX = 140;
/** Title, axes and gap around each. */
const AROUND_PX = { width: 76, height: 84 };

/** One chart for each run, in rows that fill the panel. */
function sideBySide(spec: Spec, runs: ChartRun[], size: { width: number; height: number }): Spec {
  const { title, data: _, datasets: __, $schema, width: ___, height: ____, autosize: _____, ...one } = spec;
  const fitting = Math.max(1, Math.floor(size.width / (CELL_PX + AROUND_PX.width)));
  const columns = Math.min(runs.length, fitting, Math.ceil(Math.sqrt((runs.length * size.width) / size.height)));
  const rows = Math.ceil(runs.length / columns);
  const cell = {
    width: Math.max(CELL_PX, size.width / columns - AROUND_PX.width),
    height: Math.max(CELL_PX, (size.height - 24) / rows - AROUND_PX.height),
  };
  const transform = Array.isArray(one.transform) ? one.transform : [];
  return {
    ...($schema ? { $schema } : {}),
    ...(title ? { title } : {}),
    columns,
    concat: runs.map((run) => ({
      ...withoutScales(structuredClone(one)),
      ...cell,
      title: { text: run.name, fontSize: 11, color: run.colour },
      transform: [{ filter: { field: "name", equal: run.name } }, ...transform],
    })),
  };
}

/** Takes the colour scale from beside a chart: there is no room for one each. */
function withoutScales(spec: Spec): Spec {
  for (const one of [spec, ...(Array.isArray(spec.layer) ? spec.layer : [])]) {
    const colour = one?.encoding?.color;
    if (isObject(colour) && colour.type === "quantitative") colour.legend = null;
  }
  return spec;
}

/** Gives the colours that runs have in every other chart to what is coloured by run, and to the lines of several runs. */
function colourRuns(spec: Spec, runs: ChartRun[]): void {
  const scale = { domain: runs.map((run) => run.name), range: runs.map((run) => run.colour) };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (!isObject(node)) return;
    const { encoding } = node;
    if (isObject(encoding)) {
      const { color, detail, stroke, fill } = encoding;
      if (isObject(color) && color.field === "name") color.scale ??= scale;
      else if (!color && !stroke && !fill && isObject(detail) && detail.field === "name" && runs.length > 1) {
        encoding.color = { field: "name", type: "nominal", title: "run", scale };
      }
    }
    for (const key of ["layer", "hconcat", "vconcat", "concat", "spec"]) walk(node[key]);
  };
  walk(spec);
}

/** First address that a specification asks to be loaded, or null; charts load nothing. */
export function askedAddress(spec: unknown): string | null {
  if (Array.isArray(spec)) {
    for (const one of spec) {
      const found = askedAddress(one);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isObject(spec)) return null;
  for (const [key, value] of Object.entries(spec)) {
    if (key === "data" || key === "from") {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (isObject(one) && typeof one.url === "string") return one.url;
      }
    }
    const found = key === "datasets" ? null : askedAddress(value);
    if (found !== null) return found;
  }
  return null;
}
