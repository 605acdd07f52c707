/** The part of an HTTP answer that decides what a delivery came to. */
/** A target did not answer as it should; the message has no address and no word of the target's. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export interface ReplyHead {
  status: number;
  retry_after: string | null;
}

/** More than any server sends before its body. */
const MAX_HEAD_BYTES = 32 * 1024;

/** Reads the status line and headers of an HTTP/1.1 answer, past interim ones (1xx). Throws if it is none. */
export async function readReplyHead(
  connection: { read(buffer: Uint8Array): Promise<number | null> },
): Promise<ReplyHead> {
  const buffer = new Uint8Array(4096);
  let text = "";
  while (text.length < MAX_HEAD_BYTES) {
    const size = await connection.read(buffer);
    if (size === null) throw new NoAnswer("The connection ended before the answer did");
    // Headers are ASCII; one character a byte keeps the rest readable too.
    text += String.fromCharCode(...buffer.subarray(0, size));
    const head = finalHead(text);
    if (head !== null) return head;
  }
  throw new NoAnswer("The answer has no end of its headers");
}

function finalHead(text: string): ReplyHead | null {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [status_line = "", ...lines] = text.slice(0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(status_line)?.[1]);
  if (!Number.isInteger(status)) throw new NoAnswer("The response is not HTTP/1.1");
  if (status < 200) return finalHead(text.slice(end + 4));
  const retry = lines.find((line) => /^retry-after:/i.test(line));
  return { status, retry_after: retry?.slice(retry.indexOf(":") + 1).trim() ?? null };
}
