/** Passes requests on after a delay, both ways: the distance between a function and its hosted database. */
export interface SlowLine extends AsyncDisposable {
  readonly url: string;
  /** Where requests go; set once it is known. */
  passTo(url: string): void;
}

export function startSlowLine(milliseconds: number): SlowLine {
  let target = "";
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = request.body === null ? null : await request.arrayBuffer();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return await fetch(`${target}${pathname}${search}`, {
        method: request.method,
        headers: request.headers,
        body,
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    passTo: (url) => void (target = url),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
