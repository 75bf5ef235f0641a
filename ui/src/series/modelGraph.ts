/** The graph of a model as it was logged: its layers in their order. Pure. */
import { asNumber, type Json } from "./tagged";

export interface Layer {
  name: string;
  type: string;
  /** As text: 8 × 16 × 30; null when none was logged. */
  outputShape: string | null;
  /** Name and shape of each of its own parameters. */
  parameters: string[];
  count: number;
}

/** Reads layers; null when the document is no graph. */
export function readLayers(document: Json): Layer[] | null {
  const nodes =
    typeof document === "object" && document !== null && !Array.isArray(document) ? document.nodes : undefined;
  if (!Array.isArray(nodes)) return null;
  return nodes.flatMap((node) => {
    if (typeof node !== "object" || node === null || Array.isArray(node)) return [];
    const parameters = Array.isArray(node.parameters) ? node.parameters : [];
    const counts = Array.isArray(node.num_parameters) ? node.num_parameters : [node.num_parameters];
    return [
      {
        name: String(node.name ?? node.id ?? ""),
        type: String(node.class_name ?? ""),
        outputShape: shape(node.output_shape),
        parameters: parameters.map((one) =>
          Array.isArray(one) ? [String(one[0]), shape(one[1])].filter(Boolean).join(" ") : String(one),
        ),
        count: counts.reduce((sum: number, one) => sum + (asNumber(one) ?? 0), 0),
      },
    ];
  });
}

function shape(value: Json | undefined): string | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  // A layer may give several arrays.
  if (Array.isArray(value[0])) return value.map(shape).filter(Boolean).join(", ") || null;
  return value.map((one) => (one === null ? "?" : String(one))).join(" × ");
}
