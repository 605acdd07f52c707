export interface ReceivedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A small HTTP server on 127.0.0.1 that remembers what it received. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly received: ReceivedRequest[];
}

export function startTestServer(
  answer: (request: ReceivedRequest) => Response | Promise<Response> = () => new Response("ok"),
): TestServer {
  const received: ReceivedRequest[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const seen = {
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      };
      received.push(seen);
      return await answer(seen);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
