import type { AuthModeWithKey } from "@supabase/server";
import { serve } from "./serve.ts";
import type { Handler } from "./serve.ts";

/** The variables that Supabase and the operator set for a function. */
export type Environment = Record<string, string | undefined>;

/** What the edge runtime asks of a function's default export. */
export interface EdgeFunction {
  fetch(request: Request): Promise<Response>;
}

/** A function whose handler is built at the first request that is let in. */
export function edgeFunction(
  auth: AuthModeWithKey[],
  build: (env: Environment) => Handler,
): EdgeFunction {
  const handler = builtOnce(build);
  return { fetch: serve(auth, (request, caller) => handler()(request, caller)) };
}

/** Builds when first asked, not when the module loads: a missing variable is then logged by its name. */
export function builtOnce<T>(build: (env: Environment) => T): () => T {
  let built: T | undefined;
  return () => built ??= build(Deno.env.toObject());
}
