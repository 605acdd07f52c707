import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import {
  isAddress,
  isLoopbackAddress,
  isPublicAddress,
} from "../../../shared/notifications/public_address.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "168.63.129.15",
  "168.63.129.17",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001:80b::200e",
];

const CLOSED = [
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "168.63.129.16",
  "169.254.169.254",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.8",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.1.1",
  "192.175.48.1",
  "198.18.0.1",
  "198.51.100.7",
  "203.0.113.9",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:8.8.8.8",
  "::ffff:127.0.0.1",
  "::127.0.0.1",
  "64:ff9b::a00:1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2620:4f:8000::1",
  "3fff::1",
  "4000::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "",
  "example.com",
  "1.2.3",
  "1.2.3.256",
  "0x7f.1",
  "017700000001",
  "fe80::1%eth0",
  "2606:4700:4700::1111%eth0",
  "1:2",
];

Deno.test("isPublicAddress() admits the public internet and nothing else", () => {
  for (const address of PUBLIC) assert.equal(isPublicAddress(address), true, address);
  for (const address of CLOSED) assert.equal(isPublicAddress(address), false, address);
});

Deno.test("isPublicAddress() decides the same however an IPv6 address is written", () => {
  fc.assert(fc.property(fc.ipV6(), (address) => {
    const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
    assert.equal(isPublicAddress(address), isPublicAddress(canonical));
    assert.equal(isPublicAddress(address.toUpperCase()), isPublicAddress(address));
    // The registry opens nothing outside of 2000::/3.
    if (!/^[23][0-9a-f]{3}:/.test(canonical)) assert.equal(isPublicAddress(address), false);
  }));
});

Deno.test("isLoopbackAddress() and isAddress() know addresses from names", () => {
  assert.equal(isLoopbackAddress("127.1.2.3"), true);
  assert.equal(isLoopbackAddress("::1"), true);
  assert.equal(isLoopbackAddress("128.0.0.1"), false);
  assert.equal(isLoopbackAddress("localhost"), false);
  assert.equal(isAddress("10.0.0.1"), true);
  assert.equal(isAddress("fe80::1"), true);
  assert.equal(isAddress("target.example"), false);
});
