/** A text in the workspace: what the charts around it mean. */

import { t } from "../../texts";
import { Markdown } from "../parts/Markdown";
import { PanelFrame } from "../workspace/PanelFrame";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";

export default function MarkdownPanel({ spec, widthPx, full }: PanelProps) {
  const text = typeof spec.options.text === "string" ? spec.options.text : "";
  return (
    <PanelFrame spec={spec} widthPx={widthPx} full={full}>
      <div className={styles.text}>{text ? <Markdown text={text} /> : <p>{t.arrange.noText}</p>}</div>
    </PanelFrame>
  );
}
