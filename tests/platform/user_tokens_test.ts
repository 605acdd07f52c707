import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import fc from "../unit/fast_check.ts";
import { userTokens } from "../../local/user_tokens.ts";

const SECRET = "a secret of the local auth server";

Deno.test("resign() names its key and keeps the claims exactly", async () => {
  const tokens = await userTokens(SECRET);
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (claims) => {
    const token = await tokens.resign(sign({ alg: "HS256", typ: "JWT" }, claims, SECRET));
    assert.ok(token);
    const [header = "", payload = "", signature] = token.split(".");
    const jwks = JSON.parse(tokens.jwks) as { keys: { kid: string; k: string }[] };
    const [key] = jwks.keys;
    assert.deepEqual(decode(header), { alg: "HS256", typ: "JWT", kid: key?.kid });
    assert.deepEqual(decode(payload), JSON.parse(JSON.stringify(claims)));
    assert.equal(Buffer.from(key?.k ?? "", "base64url").toString(), SECRET);
    assert.equal(signature, signatureOf(`${header}.${payload}`, SECRET));
    assert.equal(await tokens.resign(token), token, "its own tokens come back unchanged");
  }));
});

Deno.test("resign() refuses what the auth server did not sign", async () => {
  const tokens = await userTokens(SECRET);
  const claims = { sub: "ann" };
  const good = sign({ alg: "HS256" }, claims, SECRET);
  const [header, payload, signature] = good.split(".");
  const refused = [
    sign({ alg: "HS256" }, claims, "another secret"),
    sign({ alg: "none" }, claims, SECRET),
    sign({ alg: "HS512" }, claims, SECRET),
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `${good}.more`,
    `${header}.${encode({ sub: "bob" })}.${signature}`,
    `not base64!.${payload}.${signature}`,
    "sb_publishable_x",
    "",
  ];
  for (const token of refused) assert.equal(await tokens.resign(token), null, token);
});

function sign(header: object, claims: object, secret: string): string {
  const unsigned = `${encode(header)}.${encode(claims)}`;
  return `${unsigned}.${signatureOf(unsigned, secret)}`;
}

function signatureOf(unsigned: string, secret: string): string {
  return createHmac("sha256", secret).update(unsigned).digest("base64url");
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
