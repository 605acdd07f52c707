import { pathToFileURL } from "node:url";
import {
  type FunctionsProcess,
  startFunctionsProcess,
} from "../../local/functions/functions_process.ts";

/** Serves what was uploaded, with the secrets that are set: a change of either counts from the next request. */
export interface HostedFunctions extends AsyncDisposable {
  readonly origin: string;
  deploy(slug: string, directory: string): void;
  remove(slug: string): void;
  restart(): void;
  /** As `GET /functions` of the management API. */
  list(): Record<string, unknown>[];
}

export function hostedFunctions(environment: () => Record<string, string>): HostedFunctions {
  const deployed = new Map<string, { directory: string; version: number }>();
  let running: Promise<{ process: FunctionsProcess; folder: string }> | undefined;
  const stopping: Promise<void>[] = [];

  const restart = () => {
    if (running === undefined) return;
    const ended = running;
    running = undefined;
    stopping.push((async () => {
      const { process, folder } = await ended;
      await process.stop();
      await Deno.remove(folder, { recursive: true });
    })());
  };
  const start = async () => {
    const folder = await Deno.makeTempDir({ prefix: "convene-functions-" });
    // All of them are uploaded from one project, so shared files are equal.
    for (const { directory } of deployed.values()) {
      await new Deno.Command("cp", { args: ["-R", `${directory}/.`, folder] }).output();
    }
    const url = pathToFileURL(`${folder}/supabase/functions/`);
    return { process: await startFunctionsProcess(url, environment(), () => {}), folder };
  };

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const url = new URL(request.url);
      const slug = /^(?:\/functions\/v1)?\/([^/]+)/.exec(url.pathname)?.[1] ?? "";
      if (!deployed.has(slug)) {
        return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, {
          status: 404,
        });
      }
      const { process } = await (running ??= start());
      const answer = await fetch(new URL(url.pathname + url.search, process.origin), {
        method: request.method,
        headers: request.headers,
        body: request.body,
        redirect: "manual",
      });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
  );

  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    deploy(slug, directory) {
      deployed.set(slug, { directory, version: (deployed.get(slug)?.version ?? 0) + 1 });
      restart();
    },
    remove(slug) {
      deployed.delete(slug);
      restart();
    },
    restart,
    list: () =>
      [...deployed].map(([slug, { version }]) => ({
        id: slug,
        slug,
        name: slug,
        status: "ACTIVE",
        version,
        created_at: 0,
        updated_at: 0,
        verify_jwt: false,
        // Of a bundle, so equal files have equal ones; here every upload counts as another one.
        ezbr_sha256: `${slug}-${version}`,
      })),
    async [Symbol.asyncDispose]() {
      restart();
      await server.shutdown();
      await Promise.all(stopping);
    },
  };
}
