/** Keeps what goes wrong in one value inside its cell. */
import { Component, type ReactNode } from "react";
import styles from "./media.module.css";

export class Guard extends Component<{ said: (why: string) => string; children: ReactNode }, { why: string | null }> {
  override state = { why: null as string | null };

  static getDerivedStateFromError(error: unknown) {
    return { why: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const { why } = this.state;
    if (why === null) return this.props.children;
    return <p className={styles.said}>{this.props.said(why)}</p>;
  }
}
