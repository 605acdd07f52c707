/** Beside the key, in `extendedProperties.private`: the mark of the text that we last wrote. */
export const TEXT_PROPERTY = "convene_text";

/**
 * A short mark of a text, by which the text that people edited is told from ours: two FNV-1a sums of 32 bits with
 * different offsets. It protects from accidents, not from intent.
 */
export function textMark(text: string): string {
  return `${sum(text, 0x811c9dc5)}${sum(text, 0x050c5d1f)}`;
}

function sum(text: string, offset: number): string {
  let hash = offset;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
