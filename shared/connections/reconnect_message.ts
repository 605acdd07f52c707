import { CODES } from "@shared/failures/codes.ts";
import type { ReconnectCode } from "@shared/failures/google_reply.ts";

/** What happened and what the user can do about it; a missing permission is named. */
export function reconnectMessage(code: ReconnectCode, missing_scopes: readonly string[]): string {
  const { message } = CODES[code];
  return code === "insufficient_permissions" && missing_scopes.length > 0
    ? message.replace(" permissions.", ` permissions (missing: ${missing_scopes.join(", ")}).`)
    : message;
}
