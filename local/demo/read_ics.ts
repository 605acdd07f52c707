const [TAB, LF, CR, BLANK] = [0x09, 0x0a, 0x0d, 0x20];

/** The text of an `.ics` file: UTF-8, UTF-16 with its mark, or Windows' Latin alphabet. */
export function decodeIcs(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return utf8(bytes) ?? utf8(unfolded(bytes)) ?? new TextDecoder("windows-1252").decode(bytes);
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Without the line breaks inside long lines: programs that count bytes fold within a letter. */
function unfolded(bytes: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let index = 0; index < bytes.length; index++) {
    const feed = bytes[index] === CR && bytes[index + 1] === LF ? index + 1 : index;
    const after = bytes[feed + 1];
    if (bytes[feed] === LF && (after === BLANK || after === TAB)) index = feed + 1;
    else kept.push(bytes[index] ?? 0);
  }
  return Uint8Array.from(kept);
}
