/** The table as a file: what matches, or what is selected, with the shown columns in their order. */
import { type ExportFormat, exportAddress, type Place } from "../../net/projects";
import { runsSnippet } from "../../series/snippets";
import { serverAddress } from "../../state/serverAddress";
import { say } from "../../state/toasts";
import { viewStore } from "../../state/view";
import { t } from "../../texts";
import { Button, copyText } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, MenuTitle } from "../parts/Menus";
import type { TableColumn } from "./columns";
import type { Question } from "./useTableRows";

const FORMATS: ExportFormat[] = ["csv", "parquet"];
/** Ids that fit into an address line. */
const MAX_NAMED = 2000;

export function ExportMenu({
  place,
  matched,
  question,
  columns,
}: {
  place: Place;
  matched: number;
  question: Question;
  columns: TableColumn[];
}) {
  const selected = useView((view) => view.selected);
  const save = (format: ExportFormat, ids?: string[]) => {
    const { q, filter, sort } = question;
    const keys = columns.filter((column) => column.curve === undefined).map((column) => column.key);
    const asked = ids ? { ids, sort } : { q, filter, sort };
    const link = document.createElement("a");
    link.href = exportAddress(place, format, { ...asked, columns: keys });
    link.download = "";
    link.click();
  };
  const copyScript = async () => {
    const { q, filter, sort } = question;
    const script = runsSnippet({
      server: serverAddress(),
      path: `${place.entity}/${place.project}`,
      filter: filter ?? "",
      q: q ?? "",
      sort: sort ?? "-created_at",
      columns: columns.map((column) => column.key).filter((key) => /^(config|summary)\./.test(key)),
    });
    if (await copyText(script)) say(t.actions.copied);
  };
  const some = selected.length > 0 && selected.length <= MAX_NAMED;
  return (
    <Menu
      align="end"
      trigger={
        <Button look="quiet" disabled={viewStore.getState().deleted} title={t.table.exportAll(matched)}>
          <Icon name="download" size={14} />
          {t.table.export}
        </Button>
      }
    >
      <MenuTitle>{t.table.exportMatching(matched)}</MenuTitle>
      {FORMATS.map((format) => (
        <MenuItem key={format} onSelect={() => save(format)}>
          {t.table.exportAs[format]}
        </MenuItem>
      ))}
      <MenuItem onSelect={() => void copyScript()}>{t.arrange.copyPython}</MenuItem>
      {some && (
        <>
          <MenuTitle>{t.table.exportSelected(selected.length)}</MenuTitle>
          {FORMATS.map((format) => (
            <MenuItem key={format} onSelect={() => save(format, selected)}>
              {t.table.exportAs[format]}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}
