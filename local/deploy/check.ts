/** One thing that was verified. */
export interface Check {
  readonly name: string;
  /** What is wrong and what to do; null if it works. */
  readonly problem: string | null;
  /** What else is worth knowing. */
  readonly details: string | null;
}

/** One line for a terminal. */
export function checkLine({ name, problem, details }: Check): string {
  if (problem !== null) return `  FAILED  ${name}: ${problem}`;
  return details === null ? `  ok      ${name}` : `  ok      ${name} (${details})`;
}
