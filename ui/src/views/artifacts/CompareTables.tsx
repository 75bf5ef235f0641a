/** The tables of two versions, one of them at a time, row by row. */
import type { Place } from "../../net/projects";
import type { ArtifactFile } from "../../net/shapes";
import type { TableSide } from "../../net/tableCompare";
import type { FileChange } from "../../series/versions";
import { t } from "../../texts";
import TableCompare from "../media/TableCompare";
import { Button, Empty } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";

/** Tables that the menu lists. */
const LISTED = 200;

export default function CompareTables({
  place,
  name,
  versions: [before, after],
  tables,
  chosen,
  onChoose,
}: {
  place: Place;
  name: string;
  versions: [string, string];
  tables: FileChange<ArtifactFile>[];
  chosen: string | null;
  onChoose: (path: string) => void;
}) {
  // One that changed tells more than one that came or stayed.
  const table =
    tables.find(({ path }) => path === chosen) ?? tables.find(({ change }) => change === "changed") ?? tables[0];
  if (!table) return <Empty title={t.tableCompare.none} />;
  const side = (version: string): TableSide => ({ artifact: name, version, path: table.path });
  const menu = (
    <Menu
      trigger={
        <Button aria-label={`${t.tableCompare.tab}: ${table.path}`}>
          {short(table.path)}
          <Icon name="chevronDown" size={14} />
        </Button>
      }
    >
      {tables.slice(0, LISTED).map(({ path, change }) => (
        <MenuItem
          key={path}
          checked={path === table.path}
          tail={`${t.artifactPages.signs[change]} ${t.artifactPages.changes[change]}`}
          onSelect={() => onChoose(path)}
        >
          {short(path)}
        </MenuItem>
      ))}
    </Menu>
  );
  if (!table.before || !table.after) {
    const only = table.before ? before : after;
    return <Empty title={`${table.path}: ${t.tableCompare.onlyIn(only)}`}>{tables.length > 1 ? menu : null}</Empty>;
  }
  return (
    <TableCompare
      key={`${table.path} ${before} ${after}`}
      place={place}
      mediaKey={table.path}
      sides={{ before: { side: side(before), name: before }, after: { side: side(after), name: after } }}
      lead={tables.length > 1 ? menu : <strong>{short(table.path)}</strong>}
    />
  );
}

const short = (path: string) => path.replace(/\.table\.json$/, "");
