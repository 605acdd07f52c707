type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Loads `<name>/index.ts`, or `index.js` of a bundle, of every folder in `folder` (names that begin with `_` are shared code,
 * as on Supabase) and answers `/functions/v1/<name>/...` and `/<name>/...` with its default export's
 * `fetch`, which sees the path from `/<name>` on, as on Supabase. A function that cannot be loaded
 * answers 503; the others work.
 */
export async function functionRoutes(
  folder: URL,
  logError: (what: string, error: unknown) => void,
): Promise<Handler> {
  const handlers = new Map<string, Handler>();
  for (const [name, entrypoint] of await entrypoints(folder)) {
    try {
      const module: unknown = await import(entrypoint.href);
      handlers.set(name, handlerOf(module));
    } catch (error) {
      logError(`Function ${name} cannot be loaded`, error);
      handlers.set(name, () => failure(503, "boot_error", `Function ${name} cannot be loaded`));
    }
  }

  return async (request) => {
    const url = new URL(request.url);
    url.pathname = url.pathname.replace(/^\/functions\/v1(?=\/)/, "");
    const name = url.pathname.split("/")[1] ?? "";
    const handler = handlers.get(name);
    if (!handler) return failure(404, "not_found", `There is no function named "${name}"`);
    try {
      // A copy would read the body through a stream of its own.
      return await handler(url.href === request.url ? request : new Request(url, request));
    } catch (error) {
      logError(`Function ${name} threw`, error);
      return failure(500, "internal_error", `Function ${name} ended with an error`);
    }
  };
}

async function entrypoints(folder: URL): Promise<Map<string, URL>> {
  const found = new Map<string, URL>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory || name.startsWith("_")) continue;
    for (const file of ["index.ts", "index.js"]) {
      const path = new URL(`${name}/${file}`, folder);
      if (await isFile(path)) found.set(name, path);
    }
  }
  return found;
}

async function isFile(path: URL): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function handlerOf(module: unknown): Handler {
  const exported = (module as { default?: { fetch?: unknown } }).default;
  const fetch = exported?.fetch;
  if (typeof fetch !== "function") throw new TypeError("It has no default export { fetch }");
  return (request) => fetch.call(exported, request);
}

function failure(status: number, error: string, message: string): Response {
  return Response.json({ error, message, status }, { status });
}
