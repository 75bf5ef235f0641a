/** Logged HTML in a frame of its own: its scripts run without an origin, without the network, without this page. */
import { useState } from "react";
import { t } from "../../texts";
import { Icon } from "../parts/Icon";
import type { MediaProps } from "./kinds";
import { Missing } from "./Missing";
import { filesOf } from "./mediaFiles";
import { Pager } from "./Pager";
import styles from "./players.module.css";

export default function Html({ value, files, mediaKey, full }: MediaProps) {
  const pages = filesOf(value, files);
  const [shown, setShown] = useState(0);
  const page = pages[Math.min(shown, pages.length - 1)];
  if (!page?.file) return <Missing />;
  return (
    <div className={styles.page} data-full={full || undefined}>
      <iframe
        // A new address in the same frame would be a step in the browser's history.
        key={page.file.address}
        className={styles.frame}
        src={page.file.address}
        sandbox="allow-scripts"
        referrerPolicy="no-referrer"
        title={t.mediaViews.page(page.caption ?? mediaKey)}
      />
      <div className={styles.foot}>
        <Pager
          labels={pages.map((one, i) => t.mediaViews.page(one.caption ?? String(i + 1)))}
          shown={pages.indexOf(page)}
          onChange={setShown}
        />
        <a href={page.file.address} target="_blank" rel="noreferrer" title={t.mediaViews.openPage}>
          <Icon name="expand" size={12} />
          <span className="visually-hidden">{t.mediaViews.openPage}</span>
        </a>
      </div>
    </div>
  );
}
