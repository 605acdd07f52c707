/**
 * Longer than `wake_up_seconds` in private.settings (0.5): a row that became due so soon after this
 * call was caused has caused none of its own.
 */
const LOOK_AGAIN_MS = 600;

/**
 * The work of a call by a wake-up: `work`, and after a moment `look` for rows that became due
 * meanwhile. Many rows wake a function once only because every call ends like this.
 */
export async function lookOnceMore(
  work: Promise<unknown>,
  look: () => Promise<unknown>,
): Promise<void> {
  const moment = new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  try {
    await work;
  } finally {
    await moment;
    await look();
  }
}
