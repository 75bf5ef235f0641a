/** The table as a file: every matching run with the shown columns. */
import type { Place } from "../../net/projects";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import type { TableColumn } from "./columns";
import { exportCsv } from "./exportCsv";

export function ExportMenu({ place, columns }: { place: Place; columns: TableColumn[] }) {
  return (
    <Button look="quiet" title={t.table.exportCsv} onClick={() => void exportCsv(place, columns, false)}>
      <Icon name="download" size={14} />
      {t.table.export}
    </Button>
  );
}
