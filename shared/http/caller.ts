import { HttpFault } from "./fault.ts";
import type { Caller } from "./serve.ts";

/** Whose things the caller may touch; null: a key asks, anybody's. */
export function userOf(caller: Caller): string | null {
  return caller.kind === "user" ? caller.user_id : null;
}

/** Refuses everybody but secret keys; `instead`: what others can do, as a sentence. */
export function requireKey(caller: Caller, instead = ""): void {
  if (caller.kind === "key") return;
  throw new HttpFault("forbidden", `Only a secret key may do this. ${instead}`.trim());
}
