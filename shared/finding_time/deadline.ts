/** Marks a response that did not arrive in time. */
export const TIMED_OUT = "timeout";

/** The result, if it arrives before `until` on the clock of performance.now(). The work itself is not stopped. */
export async function answeredBefore<T>(
  until: number,
  answer: Promise<T>,
): Promise<T | typeof TIMED_OUT> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMED_OUT), Math.max(0, until - performance.now()));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
