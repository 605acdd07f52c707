import assert from "node:assert/strict";
import { WEEK } from "../support/meetings.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

promise("users who signed in anonymously", {
  "neither connect nor invite, by function or REST, unless a setting allows it": async (stack) => {
    const { access_token, rest } = await anonymousUser(stack);
    const attempts = async () => [
      (await callFunction(stack.platform, "google-auth/initiate", { access_token, body: {} }))
        .status,
      (await callFunction(stack.platform, "schedule", {
        access_token,
        body: { participants: ["guest@north.example"], constraints: WEEK, dry_run: true },
      })).body.error,
      await rest(),
    ];
    assert.deepEqual(await attempts(), [403, "forbidden", "42501"]);
    await stack.platform.sql(
      "update private.settings set value = 1 where name = 'anonymous_users_allowed'",
    );
    try {
      assert.deepEqual(await attempts(), [200, "needs_reauth", undefined]);
    } finally {
      await stack.platform.sql(
        "update private.settings set value = 0 where name = 'anonymous_users_allowed'",
      );
    }
  },
});

async function anonymousUser({ platform }: Stack) {
  const email = `anonymous-${crypto.randomUUID().slice(0, 8)}@north.example`;
  const { access_token } = await platform.createUser(email, { is_anonymous: true });
  return {
    access_token,
    /** The error code of an insert into meetings. */
    async rest(): Promise<string | undefined> {
      const response = await fetch(`${platform.api_url}/rest/v1/meetings`, {
        method: "POST",
        headers: {
          apikey: platform.publishable_key,
          authorization: `Bearer ${access_token}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ participants: ["guest@north.example"] }),
      });
      const text = await response.text();
      return text === "" ? undefined : JSON.parse(text).code;
    },
  };
}
