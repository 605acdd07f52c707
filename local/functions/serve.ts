// The program of one functions process: serves every function of a folder on a free loopback port.
// Arguments: the folder's URL. Prints {"port": number} and ends when its standard input closes,
// which is how it notices that the platform has died. SIGTERM lets running work finish first.
import { BACKGROUND_WORK_PATH, backgroundWork } from "./background_work.ts";
import { functionRoutes } from "./function_routes.ts";

/** How long background work may continue after SIGTERM. The platform waits a little longer. */
const GRACE_MS = 5_000;

const [folder] = Deno.args;
if (!folder) throw new Error("Usage: serve.ts <URL of the functions folder>");

const background = backgroundWork();
Object.assign(globalThis, { EdgeRuntime: { waitUntil: background.waitUntil } });

// A function that forgets to handle a rejection loses one request on Supabase, not the others.
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  logError("Unhandled rejection in a function", event.reason);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  logError("Uncaught error in a function", event.error);
});

// Before anything that can wait or fail: the platform may die at any moment, also while this starts.
void endWithPlatform();
try {
  await serveFunctions(new URL(folder));
} catch (error) {
  // The listeners above would keep a process without server alive.
  logError("Functions cannot be served", error);
  Deno.exit(1);
}

async function serveFunctions(folder: URL): Promise<void> {
  const route = await functionRoutes(folder, logError);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === BACKGROUND_WORK_PATH
        ? background.settled().then(() => new Response(null, { status: 204 }))
        : route(request),
  );

  Deno.addSignalListener("SIGTERM", async () => {
    await Promise.race([
      server.shutdown().then(background.settled),
      new Promise((resolve) => setTimeout(resolve, GRACE_MS)),
    ]);
    Deno.exit(0);
  });
  // Ctrl-C in a terminal reaches the whole process group; the platform decides when this one ends.
  Deno.addSignalListener("SIGINT", () => {});

  await Deno.stdout.write(
    new TextEncoder().encode(JSON.stringify({ port: server.addr.port }) + "\n"),
  );
}

async function endWithPlatform(): Promise<void> {
  try {
    for await (const _ of Deno.stdin.readable) {
      /* The platform writes nothing: only the end counts. */
    }
  } finally {
    Deno.exit(0);
  }
}

function logError(what: string, error: unknown): void {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`${what}: ${text}\n`));
}
