import { HttpFault } from "./fault.ts";
import type { Caller } from "./serve.ts";

/** For whom a caller acts: a user for themselves, a secret key for all users. */
export function actorOf(
  caller: Caller,
): { kind: "user"; user_id: string } | { kind: "system" } {
  switch (caller.kind) {
    case "user":
      return { kind: "user", user_id: caller.user_id };
    case "key":
      return { kind: "system" };
    case "anonymous":
      throw new HttpFault("unauthenticated");
  }
}

/** Refuses all callers without a secret key; `instead`: what users can do, as a sentence. */
export function requireKey(caller: Caller, instead = ""): void {
  if (caller.kind === "key") return;
  throw new HttpFault("forbidden", `This request needs a secret key. ${instead}`.trim());
}
