/** Stands for an answer that did not come in time. */
export const TIMED_OUT = "timeout";

/** The answer, if it comes before `until` on the clock of performance.now(). It goes on all the same. */
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
