import { HttpFault } from "./fault.ts";
import type { Caller } from "./serve.ts";

/** On whose behalf a caller acts: a user for themselves, a secret key for everybody. */
export function actorOf(
  caller: Caller,
): { kind: "user"; user_id: string } | { kind: "system" } {
  switch (caller.kind) {
    case "user":
      return { kind: "user", user_id: caller.user_id };
    case "key":
      return { kind: "system" };
    case "nobody":
      throw new HttpFault("unauthenticated");
  }
}

/** Refuses everybody but secret keys; `instead`: what others can do, as a sentence. */
export function requireKey(caller: Caller, instead = ""): void {
  if (caller.kind === "key") return;
  throw new HttpFault("forbidden", `Only a secret key may do this. ${instead}`.trim());
}
