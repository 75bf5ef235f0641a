/** Says where a run's own part begins: beside its mark, and to those who listen to the page. */
import type { Branch } from "../../chart/branch";
import { count } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";

export const branchText = ({ kind, of, step }: Branch): string =>
  kind === "fork" ? t.run.forkedFrom(of && cutMiddle(of, 18), count(step)) : t.run.rewoundAt(count(step));
