/** The server's disk as one bar: what is kept here, by what it is, what else lies there, what is free. */
import type { StorageOverview } from "../../net/storage";
import { size } from "../../series/format";
import { slices } from "../../series/storage";
import { t } from "../../texts";
import styles from "./storage.module.css";

export function DiskBar({ overview }: { overview: StorageOverview }) {
  const { disk, stored, catalog, waiting } = overview;
  const parts = slices(disk.total_bytes, disk.free_bytes, [
    ["blobs", stored.blob_bytes],
    ["segments", stored.segment_bytes],
    ["catalog", catalog?.bytes ?? 0],
    ["waiting", waiting?.bytes ?? 0],
  ]);
  return (
    <div className={styles.disk}>
      <p className={styles.diskHead}>
        <strong>{t.storage.disk}</strong>
        <span>{t.storage.ofDisk(size(disk.free_bytes), size(disk.total_bytes))}</span>
        <span className={styles.muted}>{t.storage.reserve(size(disk.reserve_bytes))}</span>
      </p>
      <div className={styles.diskBar} aria-hidden="true">
        {parts.map((one) => (
          <i key={one.key} data-part={one.key} style={{ flexGrow: one.width }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {parts.map((one) => (
          <li key={one.key} title={t.storage.partNotes[one.key]}>
            <i data-part={one.key} aria-hidden="true" />
            {t.storage.parts[one.key]} <strong>{size(one.bytes)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
