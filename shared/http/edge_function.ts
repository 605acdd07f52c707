import type { AuthModeWithKey } from "@supabase/server";
import { HttpFault } from "./fault.ts";
import { serve } from "./serve.ts";
import type { Caller, Handler } from "./serve.ts";

/** The variables that Supabase and the operator set for a function. */
export type Environment = Record<string, string | undefined>;

/** What the edge runtime asks of a function's default export. */
export interface EdgeFunction {
  fetch(request: Request): Promise<Response>;
}

/** Whether users who signed in anonymously may connect a calendar and invite people: a setting of the project. */
export type AnonymousUsersAllowed = () => Promise<boolean>;

/** A function whose handler is built at the first request that is let in. */
export function edgeFunction(
  auth: AuthModeWithKey[],
  build: (env: Environment) => Handler,
  anonymousUsersAllowed: AnonymousUsersAllowed,
): EdgeFunction {
  const handler = builtOnce(build);
  return {
    fetch: serve(auth, async (request, caller) => {
      await refuseAnonymousUser(request, caller, anonymousUsersAllowed);
      return await handler()(request, caller);
    }),
  };
}

/**
 * Anyone can sign in anonymously, as often as they like, so such a user only reads and deletes unless the project
 * allows more. The setting is read for such users only.
 */
export async function refuseAnonymousUser(
  request: Request,
  caller: Caller,
  allowed: AnonymousUsersAllowed,
): Promise<void> {
  if (caller.kind !== "user" || !caller.is_anonymous) return;
  if (request.method === "GET" || request.method === "DELETE" || await allowed()) return;
  throw new HttpFault(
    "forbidden",
    "Users who signed in anonymously may not connect a calendar, schedule or invite. Sign in with an account.",
    { reason: "anonymous_user" },
  );
}

/** Builds when first asked, not when the module loads: a missing variable is then logged by its name. */
export function builtOnce<T>(build: (env: Environment) => T): () => T {
  let built: T | undefined;
  return () => built ??= build(Deno.env.toObject());
}
