/** Chooses what kind of panel comes into the workspace, and where. */
import { useRef, useState } from "react";
import type { Place } from "../../net/projects";
import type { Metric } from "../../net/shapes";
import { addPanel, type PanelKind, type Section, sectionIdOf } from "../../series/layout";
import { sectionOf } from "../../series/names";
import { arrange } from "../../state/workspace";
import { t } from "../../texts";
import { SearchInput } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { newId } from "../workspace/panelActions";
import { sectionTitle } from "../workspace/sectionTitle";
import { FIRST_TALL, FIRST_WIDE, KINDS } from "./kinds";
import styles from "./panels.module.css";

/** Metrics listed at once; the search finds the others. */
const LISTED = 60;

export default function AddPanel({
  metrics,
  sections,
  section: wanted,
  onClose,
  onAdded,
}: {
  place: Place;
  metrics: Metric[];
  sections: readonly Section[];
  /** null: that of the metric, or the first one. */
  section: string | null;
  onClose: () => void;
  onAdded: (panel: string) => void;
}) {
  const [section, setSection] = useState(wanted);
  const [find, setFind] = useState("");
  // What was added is edited next, and has the focus then.
  const isAdded = useRef(false);
  const add = (kind: PanelKind, options: Record<string, never> | { keys: string[] }, prefix = "") => {
    const id = newId();
    const title = "keys" in options && Array.isArray(options.keys) ? options.keys.join(", ") : undefined;
    const size = { wide: FIRST_WIDE[kind], tall: FIRST_TALL[kind] };
    arrange((layout) =>
      addPanel(layout, id, { kind, options, title, ...size, section: section ?? sectionIdOf(prefix) }),
    );
    isAdded.current = true;
    onAdded(id);
  };
  const matching = metrics.filter(({ key }) => key.toLowerCase().includes(find.trim().toLowerCase()));
  return (
    <Dialog open title={t.arrange.addPanel} onClose={onClose} finalFocus={() => !isAdded.current}>
      <div className={styles.adding}>
        <label className={styles.field}>
          {t.arrange.into}
          <select value={section ?? ""} onChange={(event) => setSection(event.target.value || null)}>
            <option value="">{t.arrange.intoOwn}</option>
            {sections.map((one) => (
              <option key={one.id} value={one.id}>
                {sectionTitle(one)}
              </option>
            ))}
          </select>
        </label>
        <div className={styles.kinds}>
          {(Object.keys(KINDS) as PanelKind[]).map((kind) => (
            <button key={kind} type="button" className={styles.kind} onClick={() => add(kind, {})}>
              <strong>{t.arrange.kinds[kind]}</strong>
              <span>{t.arrange.kindsMore[kind]}</span>
            </button>
          ))}
        </div>
        <h3>{t.arrange.kinds.line}</h3>
        <SearchInput label={t.panels.findAxis} value={find} onChange={(event) => setFind(event.target.value)} />
        <div className={styles.metrics}>
          {matching.slice(0, LISTED).map(({ key }) => (
            <button
              key={key}
              type="button"
              className={parts.item}
              onClick={() => add("line", { keys: [key] }, sectionOf(key))}
            >
              <span className={parts.itemText} title={key}>
                {key}
              </span>
            </button>
          ))}
          {matching.length > LISTED && <p>{t.list.keysShown(LISTED, matching.length)}</p>}
        </div>
      </div>
    </Dialog>
  );
}
