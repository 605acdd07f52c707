import assert from "node:assert/strict";
import { refuseAnonymousUser } from "@shared/http/edge_function.ts";
import type { Caller } from "@shared/http/serve.ts";

const [USER, ANONYMOUS] = [false, true].map((is_anonymous): Caller => ({
  kind: "user",
  user_id: "u",
  is_anonymous,
}));
const KEY: Caller = { kind: "key", name: "default" };

function asking(method: string, caller: Caller | undefined, is_allowed: boolean) {
  let asked = 0;
  const answer = () => {
    asked += 1;
    return Promise.resolve(is_allowed);
  };
  const done = refuseAnonymousUser(
    new Request("http://localhost/schedule", { method }),
    caller ?? KEY,
    answer,
  );
  return { done, asked: () => asked };
}

Deno.test("an anonymous sign-in changes nothing unless the setting allows it", async () => {
  for (const method of ["POST", "PATCH"]) {
    await assert.rejects(asking(method, ANONYMOUS, false).done, { code: "forbidden" });
    await asking(method, ANONYMOUS, true).done;
  }
});

Deno.test("an anonymous sign-in reads and disconnects, and other callers cost no query", async () => {
  for (
    const [method, caller] of [["GET", ANONYMOUS], ["DELETE", ANONYMOUS], ["POST", USER], [
      "POST",
      KEY,
    ]] as const
  ) {
    const { done, asked } = asking(method, caller, false);
    await done;
    assert.equal(asked(), 0);
  }
});
