const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * What an option names as RFC 3339: an instant, or a length (30m, 2h, 7d) from now; `direction` -1: ago.
 * Throws a sentence that names the option.
 */
export function instantOption(
  option: string,
  text: string,
  direction: 1 | -1,
  now = new Date(),
): string {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    return new Date(now.getTime() + direction * Number(amount) * (UNITS[unit] ?? 0)).toISOString();
  }
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) {
    return text;
  }
  throw new Error(
    `${option} is neither a time with an offset (2030-01-07T09:00:00Z) nor a length (30m, 2h, 7d): ${text}`,
  );
}
