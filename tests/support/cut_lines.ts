/** Both lines of a function, to its database and to Google, which can be cut as if its process had died. */
export interface CutLines extends AsyncDisposable {
  readonly database_url: string;
  readonly google_url: string;
  /** Where requests go; set once it is known. */
  passTo(urls: { database: string; google: string }): void;
  /**
   * While `work` runs, `count` requests get through, of both lines together. The next one is lost, after it took
   * effect if `is_last_done`, and so is every later one: what a process does that was killed there.
   */
  dyingAfter(cut: Cut, work: () => Promise<unknown>): Promise<void>;
}

export interface Cut {
  count: number;
  is_last_done: boolean;
}

export function startCutLines(): CutLines {
  let cut: Cut | null = null;
  let passed = 0;
  const line = () => {
    const state = { target: "" };
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const number = passed++;
        if (cut === null || number < cut.count) return await pass(request, state.target);
        if (number === cut.count && cut.is_last_done) {
          await (await pass(request, state.target)).body?.cancel();
        }
        return lost();
      },
    );
    return { state, server, url: `http://127.0.0.1:${server.addr.port}` };
  };
  const [database, google] = [line(), line()];
  return {
    database_url: database.url,
    google_url: google.url,
    passTo(urls) {
      database.state.target = urls.database;
      google.state.target = urls.google;
    },
    async dyingAfter(asked, work) {
      cut = asked;
      passed = 0;
      try {
        await work();
      } finally {
        cut = null;
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([database.server.shutdown(), google.server.shutdown()]);
    },
  };
}

function pass(request: Request, target: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  return fetch(`${target}${pathname}${search}`, {
    method: request.method,
    headers: request.headers,
    body: request.body,
    redirect: "manual",
  });
}

/** What the process makes of it is lost, too. */
function lost(): Response {
  return new Response(null, { status: 503 });
}
