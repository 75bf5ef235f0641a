/** Collections of registries: their versions, which version each alias names, what moved last and by whom. */
import { useState } from "react";
import { Link } from "wouter";
import type { Registry, RegistryCollection } from "../../net/registries";
import { count } from "../../series/format";
import { firstSentence } from "../../series/markdownText";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { registryAt } from "../addresses";
import lists from "../artifacts/collections.module.css";
import { Button } from "../parts/Controls";
import { useClock } from "../parts/hooks";
import { ago, dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { Aliases, Move } from "./parts";
import styles from "./registry.module.css";

/** Collections of a registry written at first; a press writes more. */
const ROWS_AT_ONCE = 100;

export function CollectionTable({
  groups,
  headed,
}: {
  groups: { registry: Registry; collections: RegistryCollection[] }[];
  /** Whether each registry has a row above its collections. */
  headed?: boolean;
}) {
  const now = useClock(30_000);
  const { head } = t.registry;
  return (
    <div className={parts.card}>
      <table className={`${parts.table} ${lists.table}`}>
        <colgroup>
          <col />
          <col className={styles.typeColumn} />
          <col style={{ width: 80 }} />
          <col style={{ width: "28%" }} />
          <col style={{ width: "28%" }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{head.name}</th>
            <th scope="col">{head.type}</th>
            <th scope="col" className={lists.number}>
              {head.versions}
            </th>
            <th scope="col">{head.aliases}</th>
            <th scope="col">{head.moved}</th>
          </tr>
        </thead>
        {groups.map(({ registry, collections }) => (
          <Group key={registry.name} registry={registry} collections={collections} headed={headed} now={now} />
        ))}
      </table>
    </div>
  );
}

function Group({
  registry,
  collections,
  headed,
  now,
}: {
  registry: Registry;
  collections: RegistryCollection[];
  headed?: boolean;
  now: number;
}) {
  const [most, setMost] = useState(ROWS_AT_ONCE);
  return (
    <tbody>
      {headed && (
        <tr className={lists.typeRow}>
          <th scope="rowgroup" colSpan={5}>
            <span className={styles.groupLine}>
              <Link href={registryAt(registry.name)} className={styles.registryName} title={registry.name}>
                {cutMiddle(registry.name, 64)}
              </Link>
              <small>{count(registry.collections)}</small>
              {!registry.shared && (
                <span className={styles.note} title={t.registry.ownedByMore(registry.entity)}>
                  {t.registry.ownedBy(registry.entity)}
                </span>
              )}
              {registry.description && <span className={styles.note}>{firstSentence(registry.description)}</span>}
            </span>
          </th>
        </tr>
      )}
      {collections.length === 0 && (
        <tr>
          <td colSpan={5} className={styles.nothing}>
            {t.registry.nothingLinked}
          </td>
        </tr>
      )}
      {collections.slice(0, most).map((one) => (
        <tr key={one.name}>
          <td>
            <Link href={registryAt(one.registry, one.name)} className={lists.nameLink} title={one.name}>
              {cutMiddle(one.name, 56, 16)}
            </Link>
            {one.description && <span className={lists.about}>{firstSentence(one.description)}</span>}
          </td>
          <td title={one.type}>{one.type}</td>
          <td className={lists.number}>{count(one.versions)}</td>
          <td className={styles.aliasCell}>
            <Aliases aliases={one.aliases} />
          </td>
          <td>
            {one.last_move ? (
              <Move move={one.last_move} now={now} />
            ) : (
              <span className={styles.muted} title={dayAndTime(one.updated_at)}>
                {ago(one.updated_at, now)}
              </span>
            )}
          </td>
        </tr>
      ))}
      {collections.length > most && (
        <tr>
          <td colSpan={5}>
            <Button look="quiet" onClick={() => setMost(most + ROWS_AT_ONCE)}>
              {t.registry.more(Math.min(ROWS_AT_ONCE, collections.length - most))}
            </Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}
