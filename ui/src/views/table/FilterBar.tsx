/** The table's first bar: the query line, the search by name, quick filters, and how many runs match. */
import { memo, useRef } from "react";
import type { Place } from "../../net/projects";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { SearchInput } from "../parts/Controls";
import { useKeys, useView } from "../parts/hooks";
import { QueryLine } from "../workspace/QueryLine";
import { QuickFilters } from "./QuickFilters";
import styles from "./table.module.css";

export const FilterBar = memo(function FilterBar({
  place,
  bad,
  matchedText,
  ofText,
}: {
  place: Place;
  bad: boolean;
  matchedText: string;
  ofText: string;
}) {
  const q = useView((view) => view.q);
  const filter = useView((view) => view.filter);
  const input = useRef<HTMLInputElement>(null);
  useKeys({
    "/": (event) => {
      event.preventDefault();
      input.current?.focus();
    },
  });
  return (
    <div className={styles.bar}>
      <span className={styles.queryBox}>
        <QueryLine
          ref={input}
          place={place}
          value={filter}
          onChange={(value) => changeView({ filter: value })}
          label={t.list.expressionLabel}
          placeholder={t.table.filter}
          clearLabel={t.list.clearExpression}
          bad={bad}
        />
      </span>
      <SearchInput
        className={styles.nameSearch}
        label={t.list.filterShort}
        value={q}
        onChange={(event) => changeView({ q: event.target.value })}
      />
      <QuickFilters place={place} />
      <span className={styles.count}>
        <strong>{matchedText}</strong>
        {ofText}
      </span>
    </div>
  );
});
