/** Teams, as far as the reader may know of them; administrators make them and say who is in them. */
import { useState } from "react";
import { addTeam, dropMember, type People, peopleQuery, removeTeam, setMember, type Team } from "../../net/people";
import { queryClient } from "../../state/live";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Empty, IconButton } from "../parts/Controls";
import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, MenuRule } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { useAttempt } from "./attempt";
import { MakeForm } from "./MakeForm";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";

const reread = () => queryClient.invalidateQueries({ queryKey: peopleQuery.queryKey });

export function Teams({ people, isAdmin }: { people: People; isAdmin: boolean }) {
  const attempt = useAttempt(peopleQuery.queryKey);
  const [making, setMaking] = useState(false);
  const [joining, setJoining] = useState<Team | null>(null);
  const [ending, setEnding] = useState<Team | null>(null);
  const { teams } = people;
  if (teams.length === 0 && !isAdmin) return null;
  const make = (name: string) =>
    attempt(async () => {
      const made = await addTeam(name);
      setMaking(false);
      setJoining(made);
    });
  return (
    <SettingsSection
      id="teams"
      title={t.people.teams}
      text={t.people.teamsText}
      action={
        isAdmin && (
          <Button look="primary" onClick={() => setMaking(true)}>
            <Icon name="plus" size={14} />
            {t.people.newTeam}
          </Button>
        )
      }
    >
      <div className={styles.card}>
        {making && (
          <MakeForm
            label={t.people.teamName}
            hint={t.people.teamNameHint}
            action={t.people.createTeam}
            onMake={(name) => void make(name)}
            onCancel={() => setMaking(false)}
          />
        )}
        {teams.length === 0 && !making && <Empty title={t.people.noTeams} />}
        {teams.length > 0 && (
          <table className={`${parts.table} ${styles.table}`} aria-labelledby="teams-title">
            <thead>
              <tr>
                <th scope="col" style={{ width: "34%" }}>
                  {t.people.team}
                </th>
                <th scope="col">{t.people.memberNames}</th>
                {isAdmin && <td style={{ width: 56 }} />}
              </tr>
            </thead>
            <tbody>
              {teams.map((team) => (
                <tr key={team.name}>
                  <td title={team.name}>{team.name}</td>
                  <td className={styles.members}>
                    {team.members.map((one) => (
                      <Member
                        key={one.name}
                        team={team}
                        member={one}
                        isAdmin={isAdmin}
                        onChange={(act) => void attempt(act)}
                      />
                    ))}
                    {team.members.length === 0 && <span className={styles.muted}>{t.people.nobody}</span>}
                    {isAdmin && (
                      <IconButton icon="plus" label={t.people.join(team.name)} onClick={() => setJoining(team)} />
                    )}
                  </td>
                  {isAdmin && (
                    <td className={styles.acts}>
                      <Menu align="end" trigger={<IconButton icon="more" label={t.people.more(team.name)} />}>
                        <MenuItem onSelect={() => setJoining(team)}>{t.people.joinItem}</MenuItem>
                        <MenuRule />
                        <MenuItem danger onSelect={() => setEnding(team)}>
                          {t.people.removeTeam}
                        </MenuItem>
                      </Menu>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {joining && <Join team={joining} people={people} onClose={() => setJoining(null)} />}
      {ending && (
        <FormDialog
          title={t.people.removeTeamNow}
          action={t.people.removeTeamNow}
          danger
          onClose={() => setEnding(null)}
          onSubmit={async () => {
            await removeTeam(ending.name);
            say(t.people.removed(ending.name));
            await reread();
          }}
        >
          <p>{t.people.removeTeamSure(ending.name)}</p>
        </FormDialog>
      )}
    </SettingsSection>
  );
}

/** One name in a team; an administrator opens what may be done about it. */
function Member({
  team,
  member,
  isAdmin,
  onChange,
}: {
  team: Team;
  member: Team["members"][number];
  isAdmin: boolean;
  onChange: (act: () => Promise<unknown>) => void;
}) {
  const { name, role } = member;
  const words = (
    <>
      <span>{name}</span>
      {role === "viewer" && <small>{t.people.viewer}</small>}
    </>
  );
  if (!isAdmin) return <span className={styles.member}>{words}</span>;
  return (
    <Menu
      trigger={
        <button type="button" className={styles.member} title={name}>
          {words}
          <Icon name="chevronDown" size={12} />
        </button>
      }
    >
      {(["member", "viewer"] as const).map((one) => (
        <MenuItem key={one} checked={one === role} onSelect={() => onChange(() => setMember(team.name, name, one))}>
          {t.people.memberRoles[one]}
        </MenuItem>
      ))}
      <MenuRule />
      <MenuItem danger checked={false} onSelect={() => onChange(() => dropMember(team.name, name))}>
        {t.people.leave(team.name)}
      </MenuItem>
    </Menu>
  );
}

function Join({ team, people, onClose }: { team: Team; people: People; onClose: () => void }) {
  const [name, setName] = useState("");
  const [looksOnly, setLooksOnly] = useState(false);
  const there = new Set(team.members.map((one) => one.name));
  const others = people.users.map((one) => one.name).filter((one) => !there.has(one));
  return (
    <FormDialog
      title={t.people.join(team.name)}
      action={t.people.joinNow}
      ready={name.trim() !== ""}
      onClose={onClose}
      onSubmit={async () => {
        await setMember(team.name, name.trim(), looksOnly ? "viewer" : "member");
        await reread();
      }}
    >
      <Field label={t.people.name} value={name} choices={others} onChange={setName} first />
      <label className={styles.tick}>
        <input type="checkbox" checked={looksOnly} onChange={(event) => setLooksOnly(event.target.checked)} />
        {t.people.memberRoles.viewer}
      </label>
    </FormDialog>
  );
}
