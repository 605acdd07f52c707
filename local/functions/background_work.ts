/** What `EdgeRuntime.waitUntil` needs behind it: promises to be waited for before the end. */
export interface BackgroundWork {
  waitUntil<T>(work: Promise<T>): Promise<T>;
  /** Resolves when no work is left, including work that work began. */
  settled(): Promise<void>;
}

/** Responds when no work is left. Only the parent process asks: the gateway leads to functions alone. */
export const BACKGROUND_WORK_PATH = "/_background_work";

export function backgroundWork(): BackgroundWork {
  const running = new Set<Promise<unknown>>();
  return {
    waitUntil(work) {
      const ended = work.catch(() => undefined).finally(() => running.delete(ended));
      running.add(ended);
      return work;
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
