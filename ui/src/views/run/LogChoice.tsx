/** Chooses lines of a log: a stream, a writer of a shared run; whether their times are shown, and whether long ones wrap. */
import type { ConsoleIndex, LineChoice } from "../../net/console";
import { count } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { logText } from "../../texts/ofRun";
import { Button } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import parts from "../parts/parts.module.css";

const STREAMS = ["all", "info", "error"] as const;
/** Writers that the menu offers. */
const OFFERED = 200;

export function LogChoice({
  index,
  choice,
  onChoose,
  timed,
  onTimed,
  wrapped,
  onWrapped,
}: {
  index: ConsoleIndex | undefined;
  choice: LineChoice;
  onChoose: (choice: LineChoice) => void;
  timed: boolean;
  onTimed: (timed: boolean) => void;
  wrapped: boolean;
  onWrapped: (wrapped: boolean) => void;
}) {
  const chosen = choice.level ?? "all";
  return (
    <>
      <span className={parts.segmented} role="group" aria-label={logText.stream}>
        {STREAMS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === chosen}
            title={one === "all" || !index ? undefined : count(index.levels[one])}
            onClick={() => onChoose({ ...choice, level: one === "all" ? null : one })}
          >
            {logText.streams[one]}
          </button>
        ))}
      </span>
      {index && index.labels.length > 0 && (
        <Menu
          trigger={
            <Button look={choice.label === null ? "quiet" : "on"}>
              {logText.writer} <strong>{cutMiddle(choice.label ?? logText.everyWriter, 18)}</strong>
              <Icon name="chevronDown" size={12} />
            </Button>
          }
        >
          <MenuItem checked={choice.label === null} onSelect={() => onChoose({ ...choice, label: null })}>
            {logText.everyWriter}
          </MenuItem>
          {index.labels.slice(0, OFFERED).map(({ label, lines }) => (
            <MenuItem
              key={label}
              checked={choice.label === label}
              tail={count(lines)}
              onSelect={() => onChoose({ ...choice, label })}
            >
              {label}
            </MenuItem>
          ))}
        </Menu>
      )}
      <Button look={timed ? "on" : "plain"} aria-pressed={timed} onClick={() => onTimed(!timed)}>
        {logText.times}
      </Button>
      <Button look={wrapped ? "on" : "plain"} aria-pressed={wrapped} onClick={() => onWrapped(!wrapped)}>
        {logText.wrap}
      </Button>
    </>
  );
}
