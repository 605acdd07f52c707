import type { OutgoingPost } from "./outgoing.ts";
import { NoAnswer, readReplyHead } from "./reply_head.ts";
import type { ReplyHead } from "./reply_head.ts";

export interface PinnedOptions {
  timeout_ms: number;
  /** More roots to trust than the runtime's own. */
  ca_certificates?: string[];
}

/**
 * POSTs over HTTP/1.1 to exactly the address that was checked. `fetch` would resolve the name once more,
 * and a name server that answers differently the second time would lead it anywhere. TLS still verifies
 * the certificate against the name. Follows no redirect and reads no body. Throws when no answer comes.
 */
export async function pinnedPost(
  { headers, body }: OutgoingPost,
  target: { url: URL; address: string },
  options: PinnedOptions,
): Promise<ReplyHead> {
  const deadline = new Deadline(options.timeout_ms);
  const opening = open(target, options);
  let connection: Deno.Conn | undefined;
  try {
    connection = await deadline.bound(opening);
    await deadline.bound(writeAll(connection, requestBytes(target.url, headers, body)));
    return await deadline.bound(readReplyHead(connection));
  } finally {
    deadline.clear();
    // A connection that opens only after the deadline is closed then.
    if (connection === undefined) void opening.then((late) => late.close(), () => {});
    else connection.close();
  }
}

async function open(
  { url, address }: { url: URL; address: string },
  { ca_certificates }: PinnedOptions,
): Promise<Deno.Conn> {
  const is_tls = url.protocol === "https:";
  const port = Number(url.port || (is_tls ? 443 : 80));
  const connection = await Deno.connect({ hostname: address, port });
  if (!is_tls) return connection;
  return await Deno.startTls(connection, {
    hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    ...(ca_certificates === undefined ? {} : { caCerts: ca_certificates }),
  });
}

function requestBytes(url: URL, headers: Record<string, string>, body: string): Uint8Array {
  const content = new TextEncoder().encode(body);
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "User-Agent: Convene",
    "Accept: */*",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, " ")}`),
    `Content-Length: ${content.length}`,
    "Connection: close",
    "",
    "",
  ];
  const head = new TextEncoder().encode(lines.join("\r\n"));
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}

/** One time limit over several steps. */
class Deadline {
  readonly #passed: Promise<never>;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(timeout_ms: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#passed = promise;
    this.#passed.catch(() => {});
    this.#timer = setTimeout(
      () => reject(new NoAnswer(`No answer within ${timeout_ms} ms`)),
      timeout_ms,
    );
  }

  bound<T>(step: Promise<T>): Promise<T> {
    // The step itself fails later, when its connection is closed; no caller waits for that.
    step.catch(() => {});
    return Promise.race([step, this.#passed]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
