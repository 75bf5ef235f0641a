/** What a text in Markdown says in one line, for lists. Pure. */

/** Gives the first paragraph as one line without its marks; of a text of headings alone the first of them. */
export function firstSentence(text: string): string {
  const blocks = text.split(/\n\s*\n/).map((block) => block.trim());
  const said =
    blocks.find((block) => block !== "" && !/^(#|\||```|---|[-*+] )/.test(block)) ?? blocks.find(Boolean) ?? "";
  const plain = said.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[#*_`>]+/g, "");
  return plain.replace(/\s+/g, " ").trim();
}
