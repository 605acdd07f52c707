const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

const TYPE_AND_LENGTH = 5;
const READY_LENGTH = 6;
const LENGTH_AND_VERSION = 8;

/** Messages of clients once a connection has begun and asked for no password (the Postgres protocol, 54.7). */
const CLIENT_TYPES = new Set("QPBEDCSHFXdcf");

/** Ends what Postgres ignores after an error. */
export const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);

/** The type of a message of a client: one letter, or "" for the message that begins a connection, which has none. */
export function typeOf(message: Uint8Array): string {
  return message[0] === 0 ? "" : String.fromCharCode(message[0] ?? 0);
}

/**
 * What is wrong with a message of a client, for which Postgres would end the session; null: nothing. PGlite has only one
 * session, and would wait for its end for ever.
 */
export function problemOf(message: Uint8Array): string | null {
  const type = typeOf(message);
  const begin = type === "" ? 0 : 1;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.byteLength < begin + 4 || view.getInt32(begin) !== view.byteLength - begin) {
    return "invalid message length";
  }
  if (type !== "") return CLIENT_TYPES.has(type) ? null : `invalid message type "${type}"`;
  return optionOf(message, "user") === "" ? "no user name in the startup packet" : null;
}

/** An option of the message that begins a connection; "" where it is absent. */
function optionOf(message: Uint8Array, name: string): string {
  const texts = DECODER.decode(message.subarray(LENGTH_AND_VERSION)).split("\0");
  for (let at = 0; at + 1 < texts.length; at += 2) {
    if (texts[at] === name) return texts[at + 1] ?? "";
  }
  return "";
}

/** The SQL of Query and Parse; null: another message. */
export function sqlOf(message: Uint8Array): string | null {
  const [first = "", second = ""] = DECODER.decode(message.subarray(TYPE_AND_LENGTH)).split("\0");
  switch (typeOf(message)) {
    case "Q":
      return first;
    case "P":
      return second;
    default:
      return null;
  }
}

/** Query or Parse with other SQL, without parameters. */
export function withSql(message: Uint8Array, sql: string): Uint8Array {
  const [first = ""] = DECODER.decode(message.subarray(TYPE_AND_LENGTH)).split("\0");
  const type = typeOf(message);
  return messageOf(type, type === "Q" ? `${sql}\0` : `${first}\0${sql}\0\0\0`);
}

/** ErrorResponse of the severity FATAL. */
export function fatalError(code: string, text: string): Uint8Array {
  return messageOf("E", `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
}

/** The end of a response, as far as `isReady` needs it. */
export function lastBytes(before: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length >= READY_LENGTH) return data.slice(-READY_LENGTH);
  return Uint8Array.of(...before, ...data).slice(-READY_LENGTH);
}

/** Whether a response ends with ReadyForQuery outside a transaction. */
export function isReady(tail: Uint8Array): boolean {
  return String.fromCharCode(...tail) === "Z\0\0\0\x05I";
}

function messageOf(type: string, body: string): Uint8Array {
  const bytes = ENCODER.encode(body);
  const message = new Uint8Array(TYPE_AND_LENGTH + bytes.length);
  message[0] = type.charCodeAt(0);
  new DataView(message.buffer).setInt32(1, TYPE_AND_LENGTH - 1 + bytes.length);
  message.set(bytes, TYPE_AND_LENGTH);
  return message;
}
