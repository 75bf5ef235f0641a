/** Times in words. */
import { t } from "../../texts";

/** Says how long ago a time was; a date when that is longer than a month. */
export function ago(time: number | null | undefined, now = Date.now() / 1000): string {
  if (time == null) return t.ago.never;
  const seconds = Math.max(now - time, 0);
  if (seconds < 60) return t.ago.now;
  if (seconds < 3600) return t.ago.minutes(Math.floor(seconds / 60));
  if (seconds < 86400) return t.ago.hours(Math.floor(seconds / 3600));
  if (seconds < 30 * 86400) return t.ago.days(Math.floor(seconds / 86400));
  return day(time);
}

/** Says an age in the width of a figure: 12s, 5m, 3h, 8d. */
export function age(time: number, now = Date.now() / 1000): string {
  const seconds = Math.max(now - time, 0);
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

export function day(time: number): string {
  return t.day(new Date(time * 1000));
}

export function dayAndTime(time: number): string {
  return t.dayAndTime(day(time), clock(time).slice(0, 5));
}

/** Gives the time of day as 16:05:09, in every language: logs and axes are read as figures. */
export function clock(time: number): string {
  return new Date(time * 1000).toLocaleTimeString("en-GB", { hourCycle: "h23" });
}
