const longest_key = 44;
const longest_value = 1024;

/** Extended properties as Google keeps them: keys above 44 characters vanish, values are cut at
 * 1024, null deletes. */
export function readProperties(
  given: Record<string, string | null> | null | undefined,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(given ?? {})) {
    if (value === null || key.length > longest_key) continue;
    kept[key] = value.slice(0, longest_value);
  }
  return kept;
}
