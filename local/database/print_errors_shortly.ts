import type { Connection } from "@supabase/lite";

/**
 * lite prints every error of the database with its stack and forty fields, also a refusal that a
 * caller provoked and is told about. One line is enough for the terminal of the platform.
 */
export function printErrorsShortly(connection: Connection): void {
  const normalize = connection.normalizeDbError.bind(connection);
  connection.normalizeDbError = (error) => {
    const normalized = normalize(error);
    if (typeof normalized === "object" && normalized !== null) {
      Object.defineProperty(normalized, Symbol.for("Deno.customInspect"), {
        value: () => oneLine(normalized),
        configurable: true,
      });
    }
    return normalized;
  };
}

function oneLine(error: object): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return `Database: ${String(message)}${code === undefined ? "" : ` (${String(code)})`}`;
}
