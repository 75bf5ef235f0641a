/** A key as this machine's keyboard shows it. */
import { Fragment } from "react";
import { capsOf } from "../../series/keyCaps";
import { Kbd } from "./Controls";

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
