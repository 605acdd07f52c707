const prefix = "https://www.googleapis.com/auth/";

/** Short sign-in names as Google writes them back. */
const long_names: Readonly<Record<string, string>> = {
  email: `${prefix}userinfo.email`,
  profile: `${prefix}userinfo.profile`,
};

const sign_in: ReadonlySet<string> = new Set(["openid", ...Object.values(long_names)]);

const calendar_scopes = [
  "calendar",
  "calendar.acls",
  "calendar.acls.readonly",
  "calendar.app.created",
  "calendar.calendarlist",
  "calendar.calendarlist.readonly",
  "calendar.calendars",
  "calendar.calendars.readonly",
  "calendar.events",
  "calendar.events.freebusy",
  "calendar.events.owned",
  "calendar.events.owned.readonly",
  "calendar.events.public.readonly",
  "calendar.events.readonly",
  "calendar.freebusy",
  "calendar.readonly",
  "calendar.settings.readonly",
].map((name) => prefix + name);

const known: ReadonlySet<string> = new Set([...sign_in, ...calendar_scopes]);

/** The scopes of a space-separated list under their long names, without repetition. */
export function readScopes(text: string): string[] {
  const names = text.split(/\s+/).filter((name) => name !== "");
  return [...new Set(names.map((name) => long_names[name] ?? name))];
}

export function isKnownScope(scope: string): boolean {
  return known.has(scope);
}

export function isSignInScope(scope: string): boolean {
  return sign_in.has(scope);
}

/** `https://www.googleapis.com/auth/calendar.events` -> `calendar.events`, as the method
 * contracts name it. */
export function shortScope(scope: string): string {
  return scope.startsWith(prefix) ? scope.slice(prefix.length) : scope;
}
