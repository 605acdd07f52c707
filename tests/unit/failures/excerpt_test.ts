import assert from "node:assert/strict";
import { excerpt } from "@shared/failures/excerpt.ts";

Deno.test("excerpt() removes credentials in JSON, forms, headers and prose", () => {
  const secret = "s3cr3t-value_0123456789";
  const google = "ya29.a0AfH6SMBx-0123456789";
  for (
    const body of [
      { access_token: secret, nested: { refresh_token: secret, id_token: secret } },
      { code: secret },
      JSON.stringify({ client_secret: secret }, null, 2),
      `grant_type=refresh_token&refresh_token=${secret}&client_id=x`,
      `sent Authorization: Bearer ${secret} to the server`,
      `The token ${google} is no longer valid`,
      `{"message":"1//0g${secret}"}`,
      `?code=4/0A${secret}&state=x`,
    ]
  ) {
    const text = excerpt(body);
    assert.ok(text.includes("[removed]"), text);
    assert.ok(!text.includes(secret) && !text.includes(google), text);
  }
});

Deno.test("excerpt() keeps what explains an error, numeric codes included", () => {
  const body = { error: { code: 404, message: "Not Found", errors: [{ reason: "notFound" }] } };
  assert.equal(excerpt(body), JSON.stringify(body));
});

Deno.test("excerpt() is at most 500 characters and does not leave half a credential at the cut", () => {
  const text = excerpt(`${"x".repeat(480)} "access_token": "${"z".repeat(200)}"`);
  assert.equal(text.length, 500);
  assert.ok(!text.includes("zz"));
  assert.equal(excerpt(null), "");
  assert.equal(excerpt(undefined), "");
});
