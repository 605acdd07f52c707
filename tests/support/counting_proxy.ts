/** Passes requests on and counts them by path, to see how often a function asks the API for something. */
export interface CountingProxy extends AsyncDisposable {
  readonly url: string;
  /** Where requests go; set once it is known. */
  passTo(url: string): void;
  /** Paths asked for since the last call, in order. */
  takePaths(): string[];
}

export function startCountingProxy(): CountingProxy {
  let target = "";
  let paths: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    paths.push(pathname);
    return fetch(`${target}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      body: request.body,
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    passTo: (url) => void (target = url),
    takePaths() {
      const taken = paths;
      paths = [];
      return taken;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
