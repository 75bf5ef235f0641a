/** Chooses the value that runs are coloured by: of their configs, their results, or of themselves. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { columnsQuery, type Place } from "../../net/projects";
import { fuzzy } from "../../series/fuzzy";
import { byName } from "../../series/names";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { SearchInput } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import { sortLabel } from "./SortMenu";

const RUN_KEYS = ["tags", "state", "group", "job_type", "user"];
const LISTED = 60;

export default function ColourKeys({ place, onDone }: { place: Place; onDone: () => void }) {
  const colour = useView((view) => view.colour);
  const [find, setFind] = useState("");
  const columns = useQuery(columnsQuery(place)).data ?? [];
  const keysOf = (room: string) =>
    columns
      .map(({ key }) => key)
      .filter((key) => key.startsWith(room))
      .sort((a, b) => byName(a, b));
  const choose = (key: string | null) => {
    changeView({ colour: key });
    onDone();
  };
  const groups: [string, string[]][] = [
    [t.list.sortConfig, fuzzy(find, keysOf("config."), sortLabel)],
    [t.list.sortSummary, fuzzy(find, keysOf("summary."), sortLabel)],
    [t.list.sortRun, fuzzy(find, RUN_KEYS, sortLabel)],
  ];
  const item = (key: string | null, text: string) => (
    <button
      key={key}
      type="button"
      className={parts.item}
      aria-pressed={colour === key}
      onClick={() => choose(key)}
      title={text}
    >
      <span className={parts.itemMark}>{colour === key && <Icon name="check" size={14} />}</span>
      <span className={parts.itemText}>{text}</span>
    </button>
  );
  return (
    <div style={{ width: 264 }}>
      <SearchInput label={t.list.findKey} value={find} onChange={(event) => setFind(event.target.value)} />
      {!find && item(null, t.colours.each)}
      {groups.map(
        ([title, keys]) =>
          keys.length > 0 && (
            <div key={title}>
              <div className={parts.menuTitle}>
                {title}
                {keys.length > LISTED && ` · ${t.list.keysShown(LISTED, keys.length)}`}
              </div>
              {keys.slice(0, LISTED).map((key) => item(key, sortLabel(key)))}
            </div>
          ),
      )}
    </div>
  );
}
