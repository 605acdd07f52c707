import type { Stop, WorkerPlan } from "./worker_plan.ts";

/** Hands out plans to workers and decides what happens to one that stands at a stop. */
export interface Warden extends AsyncDisposable {
  /** For the variable CHAOS_WARDEN_URL of the workers. */
  readonly url: string;
}

/**
 * Listens to workers on 127.0.0.1. `planOf` is asked once a worker; a worker at a stop goes on when
 * the promise of `onStop` is fulfilled, unless it has been killed by then.
 */
export function startWarden(
  planOf: (pid: number) => WorkerPlan,
  onStop: (stop: Stop) => Promise<void>,
): Warden {
  const closing = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") {
        return Response.json(planOf(Number(new URL(request.url).searchParams.get("pid"))));
      }
      await onStop(await request.json() as Stop);
      return new Response(null, { status: 204 });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      // Not a shutdown: the workers that were killed at a stop are never answered.
      closing.abort();
      await server.finished;
    },
  };
}
