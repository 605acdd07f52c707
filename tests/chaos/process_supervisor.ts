import type { Pause, WorkerPlan } from "./worker_plan.ts";

/** Gives plans to worker processes and decides how long a paused one waits. */
export interface ProcessSupervisor extends AsyncDisposable {
  /** The value of the workers' variable CHAOS_SUPERVISOR_URL. */
  readonly url: string;
}

/**
 * Serves workers on 127.0.0.1. `planOf` is called once a worker; a paused worker continues when the
 * promise of `onPause` is fulfilled, unless it has been killed by then.
 */
export function startProcessSupervisor(
  planOf: (pid: number) => WorkerPlan,
  onPause: (pause: Pause) => Promise<void>,
): ProcessSupervisor {
  const closing = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") {
        return Response.json(planOf(Number(new URL(request.url).searchParams.get("pid"))));
      }
      await onPause(await request.json() as Pause);
      return new Response(null, { status: 204 });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      // Not a shutdown: workers that were killed while paused never get a response.
      closing.abort();
      await server.finished;
    },
  };
}
