/** All keys, on `?`. */
import { t } from "../../texts";
import { Kbd } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import styles from "./shell.module.css";

const { keys } = t;
const GROUPS: [string, [string, string[]][]][] = [
  [
    keys.groups.everywhere,
    [
      [keys.palette, ["⌘K"]],
      [keys.help, ["?"]],
      [keys.filterRuns, ["/"]],
      [keys.filterPanels, ["⇧/"]],
      [keys.sidebar, ["\\"]],
      [keys.leave, ["Esc"]],
    ],
  ],
  [
    keys.groups.runs,
    [
      [keys.next, ["j"]],
      [keys.previous, ["k"]],
      [keys.eye, ["Space"]],
      [keys.select, ["x"]],
      [keys.open, ["↵"]],
      [keys.rename, ["e"]],
      [keys.tag, ["t"]],
    ],
  ],
  [
    keys.groups.charts,
    [
      [keys.zoom, [keys.zoomHow, keys.wheelHow]],
      [keys.reset, [keys.resetHow, "f"]],
      [keys.smoothing, ["[", "]"]],
      [keys.log, ["l"]],
      [keys.cursor, [",", "."]],
    ],
  ],
  [
    keys.groups.logs,
    [
      [keys.nextHit, ["n"]],
      [keys.end, ["G"]],
    ],
  ],
];

export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={keys.title}>
      <KeysList />
    </Dialog>
  );
}

export function KeysList() {
  return (
    <div className={styles.keysGrid}>
      {GROUPS.map(([group, rows]) => (
        <section key={group}>
          <h3>{group}</h3>
          <ul>
            {rows.map(([label, names]) => (
              <li key={label}>
                <span>{label}</span>
                <span>
                  {names.map((name) => (
                    <Kbd key={name}>{name}</Kbd>
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
