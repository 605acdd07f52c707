import { HttpFault } from "./fault.ts";
import { log } from "./log.ts";

/** The part of Supabase's edge runtime that keeps a worker alive after its response was sent. */
interface EdgeRuntime {
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Continues `work` after the response. Supabase ends a worker without open requests, so the
 * runtime has to know of it. Its end is logged, with the id of the request, because the response was already sent.
 */
export function inBackground(work: Promise<unknown>): void {
  const started = performance.now();
  const elapsed = () => ({ duration_ms: Math.round(performance.now() - started) });
  const logged = work.then(
    () => log("info", "background_work_done", elapsed()),
    (thrown: unknown) => {
      // A fault is a response (in_progress, say), not a failure of ours.
      if (thrown instanceof HttpFault) {
        log("info", "background_work_refused", { code: thrown.code, ...elapsed() });
      } else log("error", "background_work_failed", { error: String(thrown), ...elapsed() });
    },
  );
  const runtime = (globalThis as { EdgeRuntime?: EdgeRuntime }).EdgeRuntime;
  runtime?.waitUntil(logged);
}
