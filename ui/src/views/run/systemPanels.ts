/** The charts that metrics of the machine make, and what they are called. */
import type { Available } from "../../series/layout";
import { type SystemMetric, systemFamilies } from "../../series/systemMetrics";
import { systemText } from "../../texts/ofRun";

/** Gives what a metric is called, its unit behind it. */
export function systemTitle({ name, family, unit, ofProcess }: SystemMetric): string {
  if (!name) return family;
  const said = ofProcess ? systemText.ofProcess(systemText.names[name]) : systemText.names[name];
  return unit ? `${said} (${unit})` : said;
}

function memberTitle({ name, member, writer, section }: SystemMetric): string {
  const said =
    section === "gpu" && member ? systemText.gpu(member) : name === "cores" ? systemText.core(member) : member;
  return [writer, said].filter(Boolean).join(" · ");
}

export const systemSection = (prefix: string): string =>
  (systemText.sections as Record<string, string | undefined>)[prefix] ?? prefix;

/** Gives one panel for each family of metrics. */
export function systemPanels(keys: string[]): Available[] {
  return systemFamilies(keys).map((family) => ({
    // A metric that stands alone keeps the id that arrangements know it by.
    id: `system:${family.length === 1 ? family[0]!.key : family[0]!.family}`,
    kind: "line",
    title: systemTitle(family[0]!),
    prefix: family[0]!.section,
    options: {
      keys: family.map(({ key }) => key),
      scale: family[0]!.scale,
      labels: Object.fromEntries(family.map((one) => [one.key, memberTitle(one) || systemTitle(one)])),
    },
  }));
}
