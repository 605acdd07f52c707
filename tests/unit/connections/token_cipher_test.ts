import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { tokenCipher, TokenCipherFault } from "@shared/connections/token_cipher.ts";

const USER = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";
const COLUMN = "refresh_token_encrypted";
const keyOf = (byte: number) => btoa(String.fromCharCode(byte).repeat(32));
const [OLD, NEW] = [`k1:${keyOf(1)}`, `k2:${keyOf(200)}`];

Deno.test("decrypt() returns what encrypt() was given, whatever it is", async () => {
  const cipher = tokenCipher(OLD);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 600 }), async (text) => {
      const encrypted = await cipher.encrypt(text, USER, COLUMN);
      assert.match(encrypted, /^v1\.k1\.[A-Za-z0-9+/]+=*$/);
      assert.equal(await cipher.decrypt(encrypted, USER, COLUMN), text);
    }),
    { numRuns: 50 },
  );
});

Deno.test("encrypt() never writes the same text twice, nor any of the plaintext", async () => {
  const cipher = tokenCipher(OLD);
  const first = await cipher.encrypt("1//refresh", USER, COLUMN);
  assert.notEqual(first, await cipher.encrypt("1//refresh", USER, COLUMN));
  assert.ok(!atob(first.split(".")[2] ?? "").includes("refresh"));
});

Deno.test("decrypt() refuses another user's ciphertext", async () => {
  const cipher = tokenCipher(OLD);
  const encrypted = await cipher.encrypt("secret-plaintext", USER, COLUMN);
  await assert.rejects(cipher.decrypt(encrypted, OTHER, COLUMN), TokenCipherFault);
});

Deno.test("decrypt() refuses the ciphertext of another column", async () => {
  const cipher = tokenCipher(OLD);
  const encrypted = await cipher.encrypt("secret-plaintext", USER, "access_token_encrypted");
  await assert.rejects(cipher.decrypt(encrypted, USER, COLUMN), TokenCipherFault);
});

Deno.test("decrypt() refuses every change of a single character", async () => {
  const cipher = tokenCipher(`${OLD},${NEW}`);
  // 30 bytes with iv and tag: base64 without padding, so that every character counts.
  const encrypted = await cipher.encrypt("tt", USER, COLUMN);
  for (let index = 0; index < encrypted.length; index++) {
    const swapped = encrypted[index] === "A" ? "B" : "A";
    const changed = encrypted.slice(0, index) + swapped + encrypted.slice(index + 1);
    await assert.rejects(cipher.decrypt(changed, USER, COLUMN), TokenCipherFault, changed);
  }
  for (const changed of ["", "v1", "v1.k1", "v1.k1.", `${encrypted}.x`, "v2.k1.AAAA"]) {
    await assert.rejects(cipher.decrypt(changed, USER, COLUMN), TokenCipherFault, changed);
  }
});

Deno.test("tokenCipher() rotates keys: the first encrypts, all decrypt", async () => {
  const before = await tokenCipher(OLD).encrypt("t", USER, COLUMN);
  const rotating = tokenCipher(` ${NEW} , ${OLD},`);
  assert.equal(await rotating.decrypt(before, USER, COLUMN), "t");
  assert.equal(rotating.isCurrent(before), false);
  const after = await rotating.encrypt("t", USER, COLUMN);
  assert.equal(rotating.isCurrent(after), true);
  assert.equal(await tokenCipher(NEW).decrypt(after, USER, COLUMN), "t");
  await assert.rejects(tokenCipher(NEW).decrypt(before, USER, COLUMN), /CONVENE_TOKEN_KEYS/);
});

Deno.test("decrypt() refuses a key id whose key was exchanged", async () => {
  const encrypted = await tokenCipher(OLD).encrypt("t", USER, COLUMN);
  await assert.rejects(
    tokenCipher(`k1:${keyOf(9)}`).decrypt(encrypted, USER, COLUMN),
    TokenCipherFault,
  );
});

Deno.test("tokenCipher() refuses an invalid keyring with the name of its variable, without showing keys", () => {
  const short = btoa("too short");
  const keyrings = [undefined, "", " , ", keyOf(1), `k1:${short}`, "k1:%%%", `k1:${keyOf(1)}x`];
  for (const keyring of [...keyrings, `${OLD},${OLD}`, `${OLD},k2`, `k 1:${keyOf(1)}`]) {
    assert.throws(() => tokenCipher(keyring), (error) => {
      assert.ok(error instanceof TokenCipherFault);
      assert.match(error.message, /CONVENE_TOKEN_KEYS/);
      assert.ok(!error.message.includes(keyOf(1)) && !error.message.includes(short));
      return true;
    });
  }
});

Deno.test("decrypt() shows neither key nor plaintext in its errors", async () => {
  const cipher = tokenCipher(OLD);
  const encrypted = await cipher.encrypt("secret-plaintext", USER, COLUMN);
  const tries = [
    () => cipher.decrypt(encrypted, OTHER, COLUMN),
    () => tokenCipher(NEW).decrypt(encrypted, USER, COLUMN),
    () => cipher.decrypt(`x${encrypted}`, USER, COLUMN),
  ];
  for (const attempt of tries) {
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof TokenCipherFault);
      for (const secret of ["secret-plaintext", keyOf(1), keyOf(200), encrypted]) {
        assert.ok(!`${error.message}${error.stack}`.includes(secret));
      }
      return true;
    });
  }
});
