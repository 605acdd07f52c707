const PREFIX = "https://www.googleapis.com/auth/";

/**
 * What Convene asks for, and why nothing less works: `openid` and `email` say whose calendar it is;
 * `calendar.events` writes events, also on calendars that the user shares but does not own;
 * `calendar.events.freebusy` reads busy times, which neither of them allows. Google words it for calendars "you have access
 * to", those of guests too; `calendar.freebusy` only for "your calendars".
 */
export const SCOPES: readonly string[] = [
  "openid",
  "email",
  `${PREFIX}calendar.events`,
  `${PREFIX}calendar.events.freebusy`,
];

/** Other names under which Google reports a scope, and wider scopes that include it. */
const ALSO_GRANTED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ["email", [`${PREFIX}userinfo.email`]],
  [`${PREFIX}calendar.events`, [`${PREFIX}calendar`]],
  // Connections that were made before have calendar.freebusy; Google takes it for the same method.
  [`${PREFIX}calendar.events.freebusy`, [
    `${PREFIX}calendar`,
    `${PREFIX}calendar.readonly`,
    `${PREFIX}calendar.freebusy`,
  ]],
]);

/** The scopes of `SCOPES` that are not covered. The user may have unticked them one by one. */
export function missingScopes(granted: readonly string[]): string[] {
  const held = new Set(granted);
  return SCOPES.filter((scope) =>
    ![scope, ...(ALSO_GRANTED_BY.get(scope) ?? [])].some((name) => held.has(name))
  );
}

/** The `scope` member of a token answer as a sorted list without repetitions. */
export function parseScopes(scope: string): string[] {
  return [...new Set(scope.split(" ").filter((name) => name !== ""))].sort();
}
