import { decodeBase64, encodeBase64 } from "@shared/std/encoding.ts";
import { CELLS, type Profile } from "./profile.ts";

/** Another layout of the bytes needs another number, so that old text is learned again and not misread. */
const VERSION = 1;
const HEADER_BYTES = 8;
const BYTES = HEADER_BYTES + CELLS;

/** A profile as 460 characters of base64: a header, then a byte a cell with accepted in its upper half. */
export function encodeProfile(profile: Profile): string {
  const bytes = new Uint8Array(BYTES);
  const header = new DataView(bytes.buffer);
  header.setUint8(0, VERSION);
  header.setUint8(1, profile.declined_percentage);
  header.setUint16(2, profile.meetings);
  header.setUint16(4, profile.typical_minutes);
  header.setUint16(6, profile.typical_gap_minutes);
  for (let cell = 0; cell < CELLS; cell++) {
    bytes[HEADER_BYTES + cell] = profile.accepted[cell]! << 4 | profile.declined[cell]!;
  }
  return encodeBase64(bytes);
}

/** The profile of an encoded text; undefined for text of another version or none of ours: learn it again. */
export function decodeProfile(text: string): Profile | undefined {
  const bytes = bytesOf(text);
  if (bytes === undefined || bytes.length !== BYTES || bytes[0] !== VERSION) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const cells = bytes.subarray(HEADER_BYTES);
  if (header.getUint8(1) > 100) return undefined;
  return {
    declined_percentage: header.getUint8(1),
    meetings: header.getUint16(2),
    typical_minutes: header.getUint16(4),
    typical_gap_minutes: header.getUint16(6),
    accepted: cells.map((cell) => cell >> 4),
    declined: cells.map((cell) => cell & 15),
  };
}

function bytesOf(text: string): Uint8Array | undefined {
  // decodeBase64() would throw, and the text comes from a table that others may fill.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return decodeBase64(text);
}
