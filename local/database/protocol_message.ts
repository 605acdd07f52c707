const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

const TYPE_AND_LENGTH = 5;
const READY_LENGTH = 6;

/** Ends what Postgres ignores after an error. */
export const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);

/** The type of a message of a client: one letter, or "" for the message that begins a connection, which has none. */
export function typeOf(message: Uint8Array): string {
  return message[0] === 0 ? "" : String.fromCharCode(message[0] ?? 0);
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
