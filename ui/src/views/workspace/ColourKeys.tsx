/** Chooses the value that runs are coloured by: of their configs, their results, or of themselves. */
import { useQuery } from "@tanstack/react-query";
import { columnsQuery, type Place } from "../../net/projects";
import { byName } from "../../series/names";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import KeyList from "../parts/KeyList";
import { sortLabel } from "./SortMenu";

const RUN_KEYS = ["tags", "state", "group", "job_type", "user"];
/** Stands for no value: each run has a colour of its own. */
const EACH = "";

export default function ColourKeys({ place, onDone }: { place: Place; onDone: () => void }) {
  const colour = useView((view) => view.colour);
  const columns = useQuery(columnsQuery(place)).data ?? [];
  const keysOf = (room: string) =>
    columns
      .map(({ key }) => key)
      .filter((key) => key.startsWith(room))
      .sort(byName);
  return (
    <KeyList
      label={t.list.findKey}
      list={t.colours.by}
      name={(key) => (key === EACH ? t.colours.each : sortLabel(key))}
      groups={[
        { keys: [EACH] },
        { title: t.list.sortConfig, keys: keysOf("config.") },
        { title: t.list.sortSummary, keys: keysOf("summary.") },
        { title: t.list.sortRun, keys: RUN_KEYS },
      ]}
      chosen={[colour ?? EACH]}
      onChoose={(key) => {
        changeView({ colour: key || null });
        onDone();
      }}
    />
  );
}
