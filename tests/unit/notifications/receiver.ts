/** One POST as a target saw it. */
export interface Received {
  path: string;
  headers: Headers;
  text: string;
}

/** A webhook receiver on this machine. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on; 204 at first. */
  answer(status: number, headers?: Record<string, string>): void;
}

export function startReceiver(): Receiver {
  const received: Received[] = [];
  let reply: { status: number; headers: Record<string, string> } = { status: 204, headers: {} };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      received.push({
        path: new URL(request.url).pathname,
        headers: request.headers,
        text: await request.text(),
      });
      return new Response(null, { ...reply, headers: { connection: "close", ...reply.headers } });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    answer: (status, headers = {}) => {
      reply = { status, headers };
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
