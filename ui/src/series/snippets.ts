/** What the page shows as a script of `runwell.Api` that reads the same. Pure. */

/** A Python literal of texts: JSON's are Python's. */
const literal = (value: string | readonly string[]): string =>
  typeof value === "string" ? JSON.stringify(value) : `[${value.map((one) => JSON.stringify(one)).join(", ")}]`;

export interface ChartAsked {
  server: string;
  /** entity/project. */
  path: string;
  runs: readonly string[];
  keys: readonly string[];
  /** step, runtime, timestamp or a metric. */
  x: string;
  stream: "history" | "system";
}

/** Reads every point of a chart's lines. */
export function chartSnippet({ server, path, runs, keys, x, stream }: ChartAsked): string {
  const of = stream === "system" ? ', stream="system"' : "";
  return `import runwell

api = runwell.Api(${literal(server)})
lines = {}
for run_id in ${literal(runs)}:
    run = api.run(${literal(`${path}/`)} + run_id)
    for key in ${literal(keys)}:
        lines[run.display_name, key] = run.series(key, x=${literal(x)}${of})  # arrays of x and y
`;
}

export interface RunsAsked {
  server: string;
  path: string;
  filter: string;
  q: string;
  sort: string;
  /** Config and summary keys. */
  columns: readonly string[];
}

/** Reads the runs that a table shows, with its columns. */
export function runsSnippet({ server, path, filter, q, sort, columns }: RunsAsked): string {
  const asked = [
    literal(path),
    ...(filter ? [`filters=${literal(filter)}`] : []),
    ...(q ? [`q=${literal(q)}`] : []),
    `order=${literal(sort)}`,
    `columns=${literal(columns)}`,
  ];
  return `import runwell

api = runwell.Api(${literal(server)})
runs = api.runs(
${asked.map((one) => `    ${one},\n`).join("")})
for run in runs:
    print(run.display_name, run.state, run.values)
`;
}
