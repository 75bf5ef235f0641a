/** Users and teams, as far as the reader may know of them; administrators add, reset and remove users. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { serverQuery } from "../../net/account";
import { addUser, type Person, peopleQuery, removeUser, resetUser, type UserKey } from "../../net/people";
import { count } from "../../series/format";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Empty, IconButton } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Dialog, Menu, MenuItem } from "../parts/Menus";
import { ago, day } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { SettingsSection } from "./SettingsSection";
import { ShownKey } from "./ShownKey";
import styles from "./settings.module.css";

interface Question {
  act: "reset" | "remove";
  name: string;
}

export function Users() {
  const client = useQueryClient();
  const me = useQuery(serverQuery).data;
  const people = useQuery(peopleQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<UserKey | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const isAdmin = me?.admin === true;

  const attempt = async (act: () => Promise<unknown>) => {
    try {
      await act();
      await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const make = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void attempt(async () => {
      setMade(await addUser(String(form.get("name") ?? "").trim(), form.get("admin") !== null));
      setMaking(false);
    });
  };
  const answer = ({ act, name }: Question) => {
    setQuestion(null);
    void attempt(async () => {
      if (act === "reset") setMade(await resetUser(name));
      else {
        await removeUser(name);
        say(t.people.removed(name));
      }
    });
  };
  const users = people.data?.users ?? [];
  const teams = people.data?.teams ?? [];
  return (
    <>
      <SettingsSection
        id="users"
        title={t.people.title}
        text={isAdmin ? t.people.text : t.people.mates}
        action={
          isAdmin && (
            <Button look="primary" onClick={() => setMaking(true)}>
              <Icon name="plus" size={14} />
              {t.people.add}
            </Button>
          )
        }
      >
        <div className={styles.card}>
          {making && (
            <form className={styles.making} onSubmit={make}>
              <input
                name="name"
                required
                maxLength={128}
                // biome-ignore lint/a11y/noAutofocus: the reader just asked for this field.
                autoFocus
                aria-label={t.people.name}
                placeholder={`${t.people.name}, ${t.people.nameHint}`}
                autoComplete="off"
                spellCheck={false}
              />
              <label className={styles.tick}>
                <input type="checkbox" name="admin" />
                {t.people.admin}
              </label>
              <Button look="primary" type="submit">
                {t.people.create}
              </Button>
              <Button onClick={() => setMaking(false)}>{t.actions.cancel}</Button>
            </form>
          )}
          {made && (
            <ShownKey value={made.key} onClose={() => setMade(null)}>
              <strong>{made.name}</strong>
              {t.people.shownOnce}
            </ShownKey>
          )}
          {people.isError && <Empty title={people.error.message} />}
          {people.isSuccess && (
            <table className={`${parts.table} ${styles.table}`}>
              <thead>
                <tr>
                  <th scope="col">{t.people.head.name}</th>
                  <th scope="col" style={{ width: 128 }}>
                    {t.people.head.role}
                  </th>
                  {isAdmin && (
                    <>
                      <th scope="col" style={{ width: 120 }}>
                        {t.people.head.since}
                      </th>
                      <th scope="col" className={styles.number} style={{ width: 64 }}>
                        {t.people.head.keys}
                      </th>
                      <th scope="col" style={{ width: 120 }}>
                        {t.people.head.used}
                      </th>
                      <td style={{ width: 56 }} />
                    </>
                  )}
                </tr>
              </thead>
              <tbody>
                {users.map((person) => (
                  <UserRow
                    key={person.name}
                    person={person}
                    isMe={person.name === me?.user}
                    isAdmin={isAdmin}
                    onAsk={setQuestion}
                  />
                ))}
              </tbody>
            </table>
          )}
        </div>
      </SettingsSection>
      {teams.length > 0 && (
        <SettingsSection id="teams" title={t.people.teams}>
          <div className={styles.card}>
            <table className={`${parts.table} ${styles.table}`}>
              <thead>
                <tr>
                  <th scope="col" style={{ width: "34%" }}>
                    {t.people.team}
                  </th>
                  <th scope="col">{t.people.memberNames}</th>
                </tr>
              </thead>
              <tbody>
                {teams.map((team) => (
                  <tr key={team.name}>
                    <td title={team.name}>{team.name}</td>
                    <td className={styles.muted} title={team.members.map((one) => one.name).join(", ")}>
                      {t.people.members(team.members.length)}:{" "}
                      {team.members
                        .map((one) => (one.role === "viewer" ? `${one.name} (${t.people.viewer})` : one.name))
                        .join(", ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </SettingsSection>
      )}
      <Dialog
        open={question !== null}
        onClose={() => setQuestion(null)}
        title={question?.act === "remove" ? t.people.removeNow : t.people.resetNow}
        foot={
          <>
            <Button onClick={() => setQuestion(null)}>{t.actions.cancel}</Button>
            <Button look="danger" onClick={() => question && answer(question)}>
              {question?.act === "remove" ? t.people.removeNow : t.people.resetNow}
            </Button>
          </>
        }
      >
        {question && (question.act === "remove" ? t.people.removeSure : t.people.resetSure)(question.name)}
      </Dialog>
    </>
  );
}

function UserRow({
  person,
  isMe,
  isAdmin,
  onAsk,
}: {
  person: Person;
  isMe: boolean;
  isAdmin: boolean;
  onAsk: (question: Question) => void;
}) {
  const { name } = person;
  return (
    <tr>
      <td title={name}>
        {name} {isMe && <span className={styles.muted}>{t.people.you}</span>}
      </td>
      <td className={styles.muted}>
        {person.is_admin === null ? "" : t.profile.roles[person.is_admin ? "admin" : "user"]}
      </td>
      {isAdmin && (
        <>
          <td className={styles.muted}>{person.created_at !== undefined && day(person.created_at)}</td>
          <td className={`${styles.number} ${styles.muted}`}>{count(person.keys ?? 0)}</td>
          <td className={styles.muted}>{ago(person.last_used_at)}</td>
          <td className={styles.acts}>
            {!isMe && (
              <Menu align="end" trigger={<IconButton icon="more" label={t.people.more(name)} />}>
                <MenuItem onSelect={() => onAsk({ act: "reset", name })}>{t.people.reset}</MenuItem>
                <MenuItem danger onSelect={() => onAsk({ act: "remove", name })}>
                  {t.people.remove}
                </MenuItem>
              </Menu>
            )}
          </td>
        </>
      )}
    </tr>
  );
}
