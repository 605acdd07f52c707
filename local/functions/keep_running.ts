import type { FunctionsProcess } from "./functions_process.ts";

/** A functions process that is replaced when it ends, as Supabase replaces an isolate. */
export interface KeptFunctions {
  /** Resolves when the present process has no work left. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** More ends than this in a minute mean that it cannot run at all. */
const ENDS_A_MINUTE = 5;

/**
 * Starts a process and keeps one running. `onChange` hears where functions are reachable, and null
 * while they are not. Throws when the first start fails.
 */
export async function keepRunning(
  start: () => Promise<FunctionsProcess>,
  onChange: (origin: string | null) => void,
  onError: (message: string) => void,
): Promise<KeptFunctions> {
  let stopping = false;
  let ends: number[] = [];
  let current = await start();
  onChange(current.origin);

  const watch = async (): Promise<void> => {
    while (true) {
      await current.ended;
      onChange(null);
      if (stopping) return;
      ends = [...ends, Date.now()].filter((at) => at > Date.now() - 60_000);
      if (ends.length > ENDS_A_MINUTE) {
        onError("The functions process ended too often; functions stay down until a restart");
        return;
      }
      onError("The functions process ended unexpectedly; starting another one");
      try {
        current = await start();
      } catch (error) {
        onError(error instanceof Error ? error.message : String(error));
        return;
      }
      if (stopping) void current.stop();
      else onChange(current.origin);
    }
  };
  const watching = watch();

  return {
    settled: () => current.settled(),
    async stop() {
      stopping = true;
      await current.stop();
      await watching;
    },
  };
}
