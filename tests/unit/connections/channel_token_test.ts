import assert from "node:assert/strict";
import { channelTokens } from "@shared/connections/channel_token.ts";

const NEW = `k2:${btoa("abcdef0123456789abcdef0123456789")}`;
const OLD = `k1:${btoa("0123456789abcdef0123456789abcdef")}`;

Deno.test("channelTokens() accepts a channel's own token only, also after a new key was put in front", async () => {
  const before = channelTokens(OLD);
  const token = await before.tokenOf("one");
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.equal(await before.isTokenOf("one", token), true);
  assert.equal(await channelTokens(`${NEW},${OLD}`).isTokenOf("one", token), true);
  assert.equal(await channelTokens(NEW).isTokenOf("one", token), false);
  const changed = (token.startsWith("0") ? "1" : "0") + token.slice(1);
  for (const other of ["", changed, token.toUpperCase(), token + "00", token.slice(2), "zz"]) {
    assert.equal(await before.isTokenOf("one", other), false, other);
  }
  assert.equal(await before.isTokenOf("two", token), false);
  assert.equal(await before.isTokenOf("", token), false);
});
