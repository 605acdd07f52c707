import assert from "node:assert/strict";
import { targetAddress } from "../../../shared/notifications/target_address.ts";

const ANSWERS: Record<string, string[]> = {
  "target.example": ["93.184.216.34", "2606:2800:220:1::1"],
  "inside.example": ["10.1.2.3"],
  "both.example": ["93.184.216.34", "169.254.169.254"],
  "mapped.example": ["::ffff:10.0.0.1"],
  "nothing.example": [],
};

const CLOSED = { allow_loopback: false, ports: [443] };
const LOCAL = { allow_loopback: true, ports: [443] };

function resolve(hostname: string): Promise<string[]> {
  const found = ANSWERS[hostname];
  return found === undefined ? Promise.reject(new Error("no such name")) : Promise.resolve(found);
}

Deno.test("targetAddress() names the address to connect to for a public https target", async () => {
  const target = await targetAddress("https://target.example/hook?x=1", resolve, CLOSED);
  assert.ok(target.allowed);
  assert.equal(target.address, "93.184.216.34");
  assert.equal(target.url.href, "https://target.example/hook?x=1");
  const literal = await targetAddress("https://[2606:4700:4700::1111]/", resolve, CLOSED);
  assert.ok(literal.allowed && literal.address === "2606:4700:4700::1111");
});

const REFUSED: [address: string, reason: RegExp][] = [
  ["nonsense", /not a URL/],
  ["http://target.example/", /not https/],
  ["ftp://target.example/", /not https/],
  ["https://user:pass@target.example/", /user name or a password/],
  ["https://inside.example/", /not public/],
  ["https://both.example/", /not public/],
  ["https://mapped.example/", /not public/],
  ["https://nothing.example/", /no address/],
  ["https://127.0.0.1/", /not public/],
  ["https://0x7f.1/", /not public/],
  ["https://2130706433/", /not public/],
  ["https://[::1]/", /not public/],
  ["https://[fd00::1]/", /not public/],
  ["https://localhost/", /not public/],
  ["https://any.localhost./", /not public/],
  ["https://168.63.129.16/machine", /not public/],
  ["https://[fd00:ec2::254]/latest/meta-data/", /not public/],
  ["https://target.example:8443/", /port is not allowed/],
  ["https://169.254.169.254/latest/meta-data/", /not public/],
];

for (const [address, reason] of REFUSED) {
  Deno.test(`targetAddress() refuses ${address}`, async () => {
    const target = await targetAddress(address, resolve, CLOSED);
    assert.ok(!target.allowed);
    assert.match(target.reason, reason);
    assert.doesNotMatch(target.reason, /\d+\.\d+\.\d+|::/, "an address of the network");
  });
}

Deno.test("targetAddress() admits this machine where that is allowed, and no other private address", async () => {
  const here = await targetAddress("http://127.0.0.1:8080/x", resolve, LOCAL);
  assert.ok(here.allowed && here.address === "127.0.0.1");
  assert.ok((await targetAddress("http://localhost:8080/", resolve, LOCAL)).allowed);
  for (const address of ["https://10.0.0.1/", "http://10.0.0.1/", "http://target.example/"]) {
    assert.equal((await targetAddress(address, resolve, LOCAL)).allowed, false, address);
  }
});

Deno.test("targetAddress() admits the ports that are configured", async () => {
  const ports = { allow_loopback: false, ports: [443, 8443] };
  assert.ok((await targetAddress("https://target.example:8443/", resolve, ports)).allowed);
  assert.ok(!(await targetAddress("https://target.example:22/", resolve, ports)).allowed);
});

Deno.test("targetAddress() leaves a name server's silence to the caller", async () => {
  await assert.rejects(targetAddress("https://unknown.example/", resolve, CLOSED), /no such name/);
});
