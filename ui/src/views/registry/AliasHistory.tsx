/** What happened to the aliases of a collection: from where to where, who, when; of one alias if one is chosen. */
import { useState } from "react";
import type { AliasMove } from "../../net/registries";
import { t } from "../../texts";
import { Card } from "../parts/Card";
import { Button } from "../parts/Controls";
import { useClock } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import { ago, dayAndTime } from "../parts/moments";
import { moverWords, moveWords } from "./parts";
import styles from "./registry.module.css";

/** Moves that the server lists. */
const MOVES_LISTED = 100;
const LATEST = "latest";

export function AliasHistory({ moves }: { moves: AliasMove[] }) {
  const [only, setOnly] = useState<string | null>(null);
  const now = useClock(30_000);
  const set = [...new Set(moves.map((move) => move.alias))].filter((alias) => alias !== LATEST);
  // `latest` moves with every link: unless it is all there is, or asked for, the versions' table says as much.
  const shown = moves.filter((move) => (only ? move.alias === only : set.length === 0 || move.alias !== LATEST));
  const choices = [...set, ...(moves.some((move) => move.alias === LATEST) && set.length > 0 ? [LATEST] : [])];
  return (
    <Card
      id="registry-history"
      title={t.registry.history}
      aside={
        choices.length > 1 && (
          <Menu
            align="end"
            trigger={
              <Button look="quiet">
                {only ?? t.registry.historyAll}
                <Icon name="chevronDown" size={14} />
              </Button>
            }
          >
            <MenuItem checked={only === null} onSelect={() => setOnly(null)}>
              {t.registry.historyAll}
            </MenuItem>
            {choices.map((alias) => (
              <MenuItem key={alias} checked={only === alias} onSelect={() => setOnly(alias)}>
                {alias}
              </MenuItem>
            ))}
          </Menu>
        )
      }
    >
      <ol className={styles.rows}>
        {shown.map((move) => (
          <li key={`${move.alias} ${move.moved_at} ${move.version}`} title={dayAndTime(move.moved_at)}>
            <span className={styles.what}>
              {moveWords(move)} <span className={styles.muted}>{moverWords(move)}</span>
            </span>
            <span className={styles.end}>{ago(move.moved_at, now)}</span>
          </li>
        ))}
        {shown.length === 0 && <li className={styles.muted}>{t.registry.noHistory}</li>}
      </ol>
      {moves.length >= MOVES_LISTED && <p className={styles.hint}>{t.registry.historyCut(moves.length)}</p>}
    </Card>
  );
}
