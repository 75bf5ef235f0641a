/** Keys of the drawn runs side by side; at first only those that differ. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { columnsQuery } from "../../net/projects";
import { runValuesQuery } from "../../net/runValues";
import { figure } from "../../series/format";
import { byName, cutMiddle } from "../../series/names";
import { asNumber, type Json } from "../../series/tagged";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Button, SearchInput } from "../parts/Controls";
import { useNear } from "../parts/hooks";
import { Swatch } from "../parts/RunMarks";
import { valueText } from "../parts/valueText";
import { PanelFrame } from "../workspace/PanelFrame";
import workspace from "../workspace/workspace.module.css";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";

/** Runs and keys shown; the compare page has all of them. */
const RUNS = 20;
const KEYS = 400;

const said = (value: Json | null | undefined): string => {
  const number = asNumber(value);
  return number === null ? valueText(value ?? null) : figure(number, 6);
};

export default function ComparerPanel({ place, spec, drawn, widthPx, full }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box) || full === true;
  const [all, setAll] = useState(false);
  const [find, setFind] = useState("");
  const columns = useQuery({ ...columnsQuery(place), enabled: near }).data;
  const keys = useMemo(
    () =>
      (columns ?? [])
        .map(({ key }) => key)
        .sort((a, b) => a.split(".")[0]!.localeCompare(b.split(".")[0]!) || byName(a, b)),
    [columns],
  );
  const runs = drawn.slice(0, RUNS);
  const ids = useMemo(() => runs.map(({ row }) => row.id), [runs]);
  const asked = useMemo(() => keys.slice(0, KEYS), [keys]);
  const table = useQuery({
    ...runValuesQuery(place, { ids }, asked),
    enabled: near && ids.length > 0 && asked.length > 0,
  }).data;
  const rows = useMemo(() => {
    if (!table) return [];
    const at = ids.map((id) => table.ids.indexOf(id));
    return asked.map((key) => {
      const values = at.map((i) => (i < 0 ? null : (table.columns[key]?.[i] ?? null)));
      return { key, values, differs: new Set(values.map((value) => JSON.stringify(value))).size > 1 };
    });
  }, [table, ids, asked]);
  const differing = rows.filter(({ differs }) => differs);
  const shown = (all ? rows : differing).filter(({ key }) => key.toLowerCase().includes(find.trim().toLowerCase()));
  const title = spec.title || t.arrange.kinds.comparer;
  return (
    <PanelFrame
      box={box}
      spec={{ ...spec, title }}
      widthPx={widthPx}
      full={full}
      light={!near}
      notes={
        <span className={workspace.panelNote}>
          {t.run.keysOf(shown.length, rows.length)} · {t.panelKinds.runsOf(runs.length, drawn.length)}
        </span>
      }
    >
      <div className={styles.tools}>
        <SearchInput label={t.list.findKey} value={find} onChange={(event) => setFind(event.target.value)} />
        <Button look={all ? "quiet" : "on"} aria-pressed={!all} onClick={() => setAll(!all)}>
          {t.panelKinds.onlyDiffering}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div className={styles.compared} tabIndex={0} role="group" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col" />
              {runs.map(({ row, look }) => (
                <th key={row.id} scope="col">
                  <Swatch look={look} />{" "}
                  <Link href={runAt(place, row.id)} title={row.name}>
                    {cutMiddle(row.name, 18)}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ key, values, differs }) => (
              <tr key={key} data-differs={differs}>
                <th scope="row" title={key}>
                  <small>{key.startsWith("summary.") ? t.panelKinds.summary : t.panelKinds.config}</small>{" "}
                  {cutMiddle(bareKey(key), 34, 12)}
                </th>
                {values.map((value, i) => (
                  <td key={ids[i]} title={said(value)}>
                    {value === null ? <span className={styles.faint}>–</span> : cutMiddle(said(value), 28)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {table && shown.length === 0 && <p className={workspace.plotEmpty}>{t.panelKinds.nothingDiffers}</p>}
        {drawn.length === 0 && <p className={workspace.plotEmpty}>{t.panels.nothingDrawn}</p>}
      </div>
    </PanelFrame>
  );
}
