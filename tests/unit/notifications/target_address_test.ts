import assert from "node:assert/strict";
import { targetAddress } from "../../../shared/notifications/target_address.ts";

const ANSWERS: Record<string, string[]> = {
  "target.example": ["93.184.216.34", "2606:2800:220:1::1"],
  "inside.example": ["10.1.2.3"],
  "both.example": ["93.184.216.34", "169.254.169.254"],
  "mapped.example": ["::ffff:10.0.0.1"],
  "nothing.example": [],
};

function resolve(hostname: string): Promise<string[]> {
  const found = ANSWERS[hostname];
  return found === undefined ? Promise.reject(new Error("no such name")) : Promise.resolve(found);
}

Deno.test("targetAddress() names the address to connect to for a public https target", async () => {
  const target = await targetAddress("https://target.example/hook?x=1", resolve, false);
  assert.ok(target.allowed);
  assert.equal(target.address, "93.184.216.34");
  assert.equal(target.url.href, "https://target.example/hook?x=1");
  const literal = await targetAddress("https://[2606:4700:4700::1111]/", resolve, false);
  assert.ok(literal.allowed && literal.address === "2606:4700:4700::1111");
});

const REFUSED: [address: string, reason: RegExp][] = [
  ["nonsense", /not a URL/],
  ["http://target.example/", /not https/],
  ["ftp://target.example/", /not https/],
  ["https://user:pass@target.example/", /user name or a password/],
  ["https://inside.example/", /10\.1\.2\.3/],
  ["https://both.example/", /169\.254\.169\.254/],
  ["https://mapped.example/", /::ffff/],
  ["https://nothing.example/", /no address/],
  ["https://127.0.0.1/", /127\.0\.0\.1/],
  ["https://0x7f.1/", /127\.0\.0\.1/],
  ["https://2130706433/", /127\.0\.0\.1/],
  ["https://[::1]/", /::1/],
  ["https://[fd00::1]/", /fd00::1/],
  ["https://localhost/", /127\.0\.0\.1/],
  ["https://any.localhost./", /127\.0\.0\.1/],
  ["https://169.254.169.254/latest/meta-data/", /169\.254\.169\.254/],
];

for (const [address, reason] of REFUSED) {
  Deno.test(`targetAddress() refuses ${address}`, async () => {
    const target = await targetAddress(address, resolve, false);
    assert.ok(!target.allowed);
    assert.match(target.reason, reason);
  });
}

Deno.test("targetAddress() admits this machine where that is allowed, and no other private address", async () => {
  const here = await targetAddress("http://127.0.0.1:8080/x", resolve, true);
  assert.ok(here.allowed && here.address === "127.0.0.1");
  assert.ok((await targetAddress("http://localhost:8080/", resolve, true)).allowed);
  for (const address of ["https://10.0.0.1/", "http://10.0.0.1/", "http://target.example/"]) {
    assert.equal((await targetAddress(address, resolve, true)).allowed, false, address);
  }
});

Deno.test("targetAddress() leaves a name server's silence to the caller", async () => {
  await assert.rejects(targetAddress("https://unknown.example/", resolve, false), /no such name/);
});
