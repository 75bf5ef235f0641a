/** Turns a Plotly figure into a Vega-Lite specification, as far as its traces are simple ones. Pure. */
import type { Json } from "./tagged";

type Fields = { [key: string]: Json };

export interface Figure {
  /** Null: none of its traces can be drawn. */
  spec: { [key: string]: unknown } | null;
  /** Types of traces that are left out. */
  missing: string[];
}

const MOST_ROWS = 50_000;

const fields = (value: Json | undefined): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

const VIEWS: Record<string, new (bytes: ArrayBuffer) => ArrayLike<number>> = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** Reads an array of a trace: a list, or numbers packed in base64. */
export function readArray(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  const { dtype, bdata, shape } = fields(value);
  const View =
    VIEWS[
      String(dtype)
        .replace(/^[<|=]/, "")
        .replace("int", "i")
        .replace("float", "f")
    ];
  if (!View || typeof bdata !== "string") return [];
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const flat: Json[] = Array.from(new View(bytes.buffer));
  const [, columns] = String(shape ?? "")
    .split(",")
    .map(Number);
  if (!columns) return flat;
  return Array.from({ length: flat.length / columns }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
}

const titleOf = (value: Json | undefined): string | null => {
  const title = fields(value).title;
  const text = typeof title === "string" ? title : fields(title).text;
  return typeof text === "string" && text ? text.replace(/<[^>]*>/g, "") : null;
};

type Row = { [key: string]: Json };

/** Gives what can be drawn of a figure. */
export function readFigure(figure: Json): Figure {
  const { data, layout } = fields(figure);
  const traces = Array.isArray(data) ? data.map(fields) : [];
  const page: Fields = { ...fields(layout), hasBars: traces.some(({ type }) => type === "bar") };
  const layers: { [key: string]: unknown }[] = [];
  const missing = new Set<string>();
  const shown = traces
    .map((trace, i) => ({ trace, name: typeof trace.name === "string" ? trace.name : `trace ${i}` }))
    .filter(({ trace }) => trace.visible !== false && trace.visible !== "legendonly");
  const barred = shown.filter(({ trace }) => trace.type === "bar");
  if (barred.length > 0) layers.push(bars(barred, page, barred.length === shown.length));
  for (const { trace, name } of shown) {
    if (trace.type === "bar") continue;
    const made = layer(trace, name, page);
    if (made) layers.push(...made);
    else missing.add(String(trace.type ?? "scatter"));
  }
  if (layers.length === 0) return { spec: null, missing: [...missing] };
  const title = titleOf(page);
  return { spec: { ...(title ? { title } : {}), layer: layers }, missing: [...missing] };
}

function layer(trace: Fields, name: string, page: Fields): { [key: string]: unknown }[] | null {
  const type = typeof trace.type === "string" ? trace.type : "scatter";
  if (type === "scatter" || type === "scattergl") return points(trace, name, page);
  if (type === "histogram") return histogram(trace, name, page);
  if (type === "box" || type === "violin") return boxes(trace, name, page);
  if (type === "heatmap") return heatmap(trace, page);
  if (type === "pie") return pie(trace);
  return null;
}

const colour = { field: "trace", type: "nominal", title: null };

function axis(page: Fields, which: "x" | "y", values: Json[]): { [key: string]: unknown } {
  const said = fields(page[`${which}axis`]);
  const numbers = values.every((one) => typeof one !== "string");
  const dates = !numbers && said.type === "date";
  return {
    field: which,
    type: numbers ? "quantitative" : dates ? "temporal" : "nominal",
    title: titleOf(said) ?? null,
    // Bars stand on zero, also beside lines.
    ...(numbers || dates
      ? { scale: { zero: which === "y" && page.hasBars === true, ...(said.type === "log" ? { type: "log" } : {}) } }
      : { sort: null }),
  };
}

/** Rows of a trace's x and y; one that is missing counts up. */
function pairs(trace: Fields, name: string): Row[] {
  const [x, y] = [readArray(trace.x), readArray(trace.y)];
  const rows = Math.min(Math.max(x.length, y.length), MOST_ROWS);
  return Array.from({ length: rows }, (_, i) => ({
    i,
    x: x.length ? (x[i] ?? null) : i,
    y: y.length ? (y[i] ?? null) : i,
    trace: name,
  }));
}

function points(trace: Fields, name: string, page: Fields): { [key: string]: unknown }[] {
  const values = pairs(trace, name);
  const mode = typeof trace.mode === "string" ? trace.mode : values.length < 20 ? "lines+markers" : "lines";
  const encoding = {
    x: axis(
      page,
      "x",
      values.map((row) => row.x!),
    ),
    y: axis(
      page,
      "y",
      values.map((row) => row.y!),
    ),
    color: colour,
    tooltip: ["trace", "x", "y"].map((field) => ({ field })),
  };
  const data = { values };
  const drawn = [];
  const filled = typeof trace.fill === "string" && trace.fill !== "none";
  if (filled) drawn.push({ data, mark: { type: "area", opacity: 0.2, line: true }, encoding });
  if (mode.includes("lines")) {
    // Plotly joins points as they come, not by x.
    drawn.push({ data, mark: "line", encoding: { ...encoding, order: { field: "i" } } });
  }
  if (mode.includes("markers")) drawn.push({ data, mark: { type: "point", filled: true, size: 36 }, encoding });
  return drawn.length > 0 ? drawn : [{ data, mark: "point", encoding }];
}

/** All bar traces in one layer, so that they stand beside or on each other. */
function bars(traces: { trace: Fields; name: string }[], page: Fields, isAlone: boolean): { [key: string]: unknown } {
  const values = traces.flatMap(({ trace, name }) => pairs(trace, name)).slice(0, MOST_ROWS);
  const lying = traces[0]!.trace.orientation === "h";
  const [long, wide] = lying ? (["x", "y"] as const) : (["y", "x"] as const);
  const stacked = page.barmode === "stack" || page.barmode === "relative";
  const beside = isAlone && traces.length > 1 && !stacked && page.barmode !== "overlay";
  const places = new Set(values.map((row) => row[wide])).size;
  // Beside lines and points numbers stay numbers: both have one axis.
  const numbers = !isAlone && values.every((row) => typeof row[wide] === "number");
  const across = numbers
    ? { type: "quantitative", scale: { zero: false, padding: 16 } }
    : { type: "nominal", sort: null, axis: { labelAngle: 0, labelOverlap: true } };
  return {
    data: { values },
    mark: { type: "bar", ...(numbers ? { size: Math.max(2, Math.min(24, 240 / Math.max(places, 1))) } : {}) },
    encoding: {
      [wide]: { field: wide, title: titleOf(page[`${wide}axis`]), ...across },
      [long]: {
        field: long,
        type: "quantitative",
        title: titleOf(page[`${long}axis`]),
        stack: stacked ? "zero" : null,
      },
      ...(beside ? { [`${wide}Offset`]: { field: "trace", sort: null } } : {}),
      color: colour,
      tooltip: ["trace", "x", "y"].map((field) => ({ field })),
    },
  };
}

function histogram(trace: Fields, name: string, page: Fields): { [key: string]: unknown }[] {
  const across = readArray(trace.x).length > 0 ? "x" : "y";
  const values = readArray(trace[across]).slice(0, MOST_ROWS);
  const numbers = values.every((one) => typeof one !== "string");
  return [
    {
      data: { values: values.map((value) => ({ [across]: value, trace: name })) },
      mark: { type: "bar", opacity: 0.75 },
      encoding: {
        [across]: {
          field: across,
          ...(numbers ? { bin: { maxbins: 30 }, type: "quantitative" } : { type: "nominal" }),
          title: titleOf(page[`${across}axis`]),
        },
        [across === "x" ? "y" : "x"]: { aggregate: "count", type: "quantitative", title: "count", stack: null },
        color: colour,
      },
    },
  ];
}

function boxes(trace: Fields, name: string, page: Fields): { [key: string]: unknown }[] {
  const y = readArray(trace.y).slice(0, MOST_ROWS);
  const x = readArray(trace.x);
  const values = y.map((value, i) => ({ y: value, x: x.length ? (x[i] ?? null) : name, trace: name }));
  return [
    {
      data: { values },
      mark: { type: "boxplot" },
      encoding: {
        x: { field: "x", type: "nominal", sort: null, title: titleOf(page.xaxis), axis: { labelAngle: 0 } },
        y: { field: "y", type: "quantitative", title: titleOf(page.yaxis), scale: { zero: false } },
        color: colour,
      },
    },
  ];
}

function heatmap(trace: Fields, page: Fields): { [key: string]: unknown }[] {
  const lines = readArray(trace.z);
  const [x, y] = [readArray(trace.x), readArray(trace.y)];
  const values = lines.flatMap((line, j) => readArray(line).map((z, i) => ({ x: x[i] ?? i, y: y[j] ?? j, z }) as Row));
  return [
    {
      data: { values: values.slice(0, MOST_ROWS) },
      mark: "rect",
      encoding: {
        x: { field: "x", type: "ordinal", sort: null, title: titleOf(page.xaxis), axis: { labelOverlap: true } },
        y: {
          field: "y",
          type: "ordinal",
          sort: "descending",
          title: titleOf(page.yaxis),
          axis: { labelOverlap: true },
        },
        color: { field: "z", type: "quantitative", title: null, scale: { scheme: "viridis" } },
        tooltip: ["x", "y", "z"].map((field) => ({ field })),
      },
    },
  ];
}

function pie(trace: Fields): { [key: string]: unknown }[] {
  const labels = readArray(trace.labels);
  const values = readArray(trace.values).map((value, i) => ({ label: labels[i] ?? i, value }));
  return [
    {
      data: { values },
      mark: { type: "arc", innerRadius: trace.hole ? 40 : 0 },
      encoding: {
        theta: { field: "value", type: "quantitative", stack: true },
        color: { field: "label", type: "nominal", title: null, sort: null },
        tooltip: [{ field: "label" }, { field: "value" }],
      },
    },
  ];
}
