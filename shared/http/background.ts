import { HttpFault } from "./fault.ts";
import { log } from "./log.ts";

/** The part of Supabase's edge runtime that keeps a worker alive after its response was sent. */
interface EdgeRuntime {
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Continues `work` after the response. Supabase ends a worker without open requests, so the
 * runtime has to know of it; a failure is logged, because the response was already sent.
 */
export function inBackground(work: Promise<unknown>): void {
  const logged = work.catch((thrown: unknown) => {
    // A fault is a response (in_progress, say), not a failure of ours.
    if (thrown instanceof HttpFault) log("info", "background_work_refused", { code: thrown.code });
    else log("error", "background_work_failed", { error: String(thrown) });
  });
  const runtime = (globalThis as { EdgeRuntime?: EdgeRuntime }).EdgeRuntime;
  runtime?.waitUntil(logged);
}
