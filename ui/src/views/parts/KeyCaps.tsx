/** A key as this machine's keyboard shows it. */
import { Fragment } from "react";
import { useStore } from "zustand";
import { capsOf } from "../../series/keyCaps";
import { KEYS, type KeyScope, keyOf, singleKeysStore } from "../../state/singleKeys";
import { Kbd } from "./Kbd";

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Gives a key in one text, for sentences. */
export const keyText = (key: string): string => capsOf(key, IS_MAC).join(" ");

export function KeyCaps({ of }: { of: string }) {
  return capsOf(of, IS_MAC).map((cap, i) => (
    <Fragment key={cap}>
      {i > 0 && " "}
      <Kbd>{cap}</Kbd>
    </Fragment>
  ));
}

/** Says beside a control which key does the same: the reader's own for this default, and none while keys are off. */
export function KeyHint({ of, scope = "pages", label }: { of: string; scope?: KeyScope; label?: string }) {
  const { on, own } = useStore(singleKeysStore);
  const row = KEYS.find((one) => one.key === of && (one.group === "logs") === (scope === "logs")) ?? null;
  const key = row ? keyOf(row.name, own) : of;
  if (!on && !key.startsWith("mod+")) return null;
  return (
    <>
      <KeyCaps of={key} />
      {label && ` ${label}`}
    </>
  );
}
