/** What two of the compared runs are held against one another in: the baseline, and one that the reader chooses. */
import type { Place } from "../../net/projects";
import { cutMiddle } from "../../series/names";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import { CodeDiff } from "./CodeDiff";
import type { Compared } from "./ComparePage";
import { LogDiff } from "./LogDiff";

export function Pairs({ place, runs }: { place: Place; runs: Compared[] }) {
  const chosen = useView((view) => view.against);
  const [base, ...others] = runs;
  const other = others.find(({ row }) => row.id === chosen) ?? others[0];
  if (!base || !other) return null;
  const choice = others.length > 1 && (
    <Menu
      align="end"
      trigger={
        <Button look="quiet">
          {t.compare.other} <strong title={other.row.name}>{cutMiddle(other.row.name, 22, 10)}</strong>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      {others.map(({ row }) => (
        <MenuItem key={row.id} checked={row === other.row} onSelect={() => changeView({ against: row.id })}>
          {row.name}
        </MenuItem>
      ))}
    </Menu>
  );
  const key = `${base.row.id} ${other.row.id}`;
  return (
    <>
      <CodeDiff key={`code ${key}`} place={place} base={base} other={other} choice={choice} />
      <LogDiff key={`log ${key}`} place={place} base={base} other={other} choice={choice} />
    </>
  );
}
