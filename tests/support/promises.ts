/** Builds what several tests share. What has to be released goes into `resources`. */
export type Start<Subject> = (resources: AsyncDisposableStack) => Promise<Subject> | Subject;

export interface PromiseOptions<Subject> {
  /** Runs after each promise, kept or not. */
  afterEach?: (subject: Subject) => Promise<void>;
  /** False where the subject sets the exit code of the process. Default: true. */
  sanitizeExit?: boolean;
}

interface Shared<Subject> {
  get(promise: string): Promise<Subject>;
  release(): Promise<void>;
}

/** What a runner recognizes a reason by that was printed when its test failed. */
export const REASON_OF = "Reason of the failure of ";

/** The one shared subject of this file that is alive; another one that starts releases it first. */
let alive: Shared<unknown> | undefined;
let is_released_at_the_end = false;

/**
 * Registers each promise as a test named "<part>: <promise>", so that a filter reaches it. All of
 * them share one subject, which the first that runs starts and the last one releases. Where a filter
 * leaves that last one out, the next part that starts releases it, or the end of the file.
 */
export function promisesOf<Subject>(
  part: string,
  start: Start<Subject>,
  promises: Readonly<Record<string, (subject: Subject) => Promise<void> | void>>,
  { afterEach, sanitizeExit = true }: PromiseOptions<Subject> = {},
): void {
  releaseAtTheEnd();
  const shared = share(start);
  let outstanding = Object.keys(promises).length;
  for (const [promise, keep] of Object.entries(promises)) {
    const name = `${part}: ${promise}`;
    Deno.test({
      name,
      sanitizeExit,
      async fn() {
        try {
          const subject = await shared.get(name);
          try {
            await keep(subject);
          } finally {
            await afterEach?.(subject);
          }
        } catch (error) {
          // Deno prints reasons only after the last test of a file.
          // deno-lint-ignore no-console
          console.error(`${REASON_OF}${name}\n${reasonOf(error)}`);
          throw error;
        } finally {
          outstanding -= 1;
          if (outstanding === 0) await shared.release();
        }
      },
    });
  }
}

function share<Subject>(start: Start<Subject>): Shared<Subject> {
  let started: { subject: Subject; resources: AsyncDisposableStack } | undefined;
  let failed_in: string | undefined;
  const shared: Shared<Subject> = {
    async get(promise) {
      if (failed_in !== undefined) {
        throw errorInOneLine(`What this test needs did not start; "${failed_in}" says why`);
      }
      if (started !== undefined) return started.subject;
      await alive?.release();
      try {
        await using resources = new AsyncDisposableStack();
        const subject = await start(resources);
        started = { subject, resources: resources.move() };
      } catch (error) {
        failed_in = promise;
        throw error;
      }
      alive = shared;
      return started.subject;
    },
    async release() {
      const released = started;
      started = undefined;
      if (alive === shared) alive = undefined;
      await released?.resources.disposeAsync();
    },
  };
  return shared;
}

function releaseAtTheEnd(): void {
  if (is_released_at_the_end) return;
  is_released_at_the_end = true;
  Deno.test.afterAll(() => alive?.release());
}

/** Where it was thrown would say nothing. */
function errorInOneLine(message: string): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new Error(message);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return Deno.inspect(error);
  const cause = error.cause === undefined ? "" : `\nCaused by: ${reasonOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
