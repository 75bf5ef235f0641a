/** Users, as far as the reader may know of them; administrators add, reset and remove them. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { serverQuery } from "../../net/account";
import { addUser, type Person, peopleQuery, removeUser, resetUser, type UserKey } from "../../net/people";
import { count } from "../../series/format";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Empty, IconButton } from "../parts/Controls";
import { FormDialog } from "../parts/FormDialog";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import { ago, day } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { useAttempt } from "./attempt";
import { MakeForm } from "./MakeForm";
import { SettingsSection } from "./SettingsSection";
import { ShownKey } from "./ShownKey";
import styles from "./settings.module.css";
import { Teams } from "./Teams";

interface Question {
  act: "reset" | "remove";
  name: string;
}

export function Users() {
  const attempt = useAttempt(peopleQuery.queryKey);
  const me = useQuery(serverQuery).data;
  const people = useQuery(peopleQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<UserKey | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const isAdmin = me?.admin === true;

  const make = (name: string, form: FormData) =>
    attempt(async () => {
      setMade(await addUser(name, form.get("admin") !== null));
      setMaking(false);
    });
  const answer = async ({ act, name }: Question) => {
    if (act === "reset") setMade(await resetUser(name));
    else {
      await removeUser(name);
      say(t.people.removed(name));
    }
    await people.refetch();
  };
  const users = people.data?.users ?? [];
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
            <MakeForm
              label={t.people.name}
              hint={t.people.nameHint}
              action={t.people.create}
              onMake={(name, form) => void make(name, form)}
              onCancel={() => setMaking(false)}
            >
              <label className={styles.tick}>
                <input type="checkbox" name="admin" />
                {t.people.admin}
              </label>
            </MakeForm>
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
      {people.isSuccess && <Teams people={people.data} isAdmin={isAdmin} />}
      {question && (
        <FormDialog
          title={question.act === "remove" ? t.people.removeNow : t.people.resetNow}
          action={question.act === "remove" ? t.people.removeNow : t.people.resetNow}
          danger
          onClose={() => setQuestion(null)}
          onSubmit={() => answer(question)}
        >
          <p>{(question.act === "remove" ? t.people.removeSure : t.people.resetSure)(question.name)}</p>
        </FormDialog>
      )}
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
