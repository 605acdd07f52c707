/** Why a user has to connect Google again; stored with the connection and shown to callers. */
export type ReconnectReason = "invalid_grant" | "insufficient_permissions" | "invalid_credentials";

/** Our word for what Google said when a request ended as `reconnect`. */
export function reconnectReason(google_reason: string): ReconnectReason {
  if (google_reason === "invalid_grant") return "invalid_grant";
  if (google_reason === "insufficientPermissions") return "insufficient_permissions";
  return "invalid_credentials";
}

/** What happened and what the user can do about it, in one or two sentences. */
export function reconnectAdvice(reason: string, missing_scopes: readonly string[]): string {
  if (reason === "invalid_grant") {
    return "Google no longer accepts this connection: access was removed or has expired. Connect " +
      "Google again.";
  }
  if (reason === "insufficient_permissions") {
    const missing = missing_scopes.length === 0 ? "" : ` (${missing_scopes.join(", ")})`;
    return `Google was connected without all the permissions that are needed${missing}. Connect ` +
      "Google again and leave every box ticked.";
  }
  return "Google refuses the credentials of this connection. Connect Google again.";
}
