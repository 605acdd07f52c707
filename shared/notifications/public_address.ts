/**
 * IPv4 ranges that lead to no public host (IANA's special-purpose registry): this network, private,
 * carrier-grade NAT, loopback, link-local (cloud metadata lives there), protocol assignments,
 * documentation, 6to4 relays, benchmarking, multicast and reserved.
 */
const CLOSED_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map(range4);

/**
 * Of IPv6 only global unicast (2000::/3) is public at all; within it not the protocol assignments
 * (2001::/23, with Teredo), documentation and 6to4, which carries any IPv4 address.
 */
const OPEN_V6 = range6("2000::", 3);
const CLOSED_V6 = [
  range6("2001::", 23),
  range6("2001:db8::", 32),
  range6("2002::", 16),
  range6("3fff::", 20),
];

/** Whether an IP address (no name, no brackets) belongs to the public internet. Anything unreadable does not. */
export function isPublicAddress(address: string): boolean {
  const v4 = parse4(address);
  if (v4 !== null) return !CLOSED_V4.some((range) => within4(v4, range));
  const v6 = parse6(address);
  return v6 !== null && within6(v6, OPEN_V6) && !CLOSED_V6.some((range) => within6(v6, range));
}

/** Whether an IP address is this machine itself. */
export function isLoopbackAddress(address: string): boolean {
  return parse4(address)?.[0] === 127 || parse6(address) === 1n;
}

/** Whether a host is an IP address rather than a name. */
export function isAddress(host: string): boolean {
  return parse4(host) !== null || parse6(host) !== null;
}

interface Range<T> {
  network: T;
  bits: number;
}

function range4(text: string): Range<number[]> {
  const [network = "", bits] = text.split("/");
  return { network: parse4(network) ?? [], bits: Number(bits) };
}

function within4(address: readonly number[], { network, bits }: Range<number[]>): boolean {
  const number = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - bits);
  return Math.floor(number(address) / size) === Math.floor(number(network) / size);
}

function parse4(text: string): number[] | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function range6(text: string, bits: number): Range<bigint> {
  return { network: parse6(text) ?? 0n, bits };
}

function within6(address: bigint, { network, bits }: Range<bigint>): boolean {
  const rest = BigInt(128 - bits);
  return address >> rest === network >> rest;
}

/** The WHATWG URL parser knows every way to write an IPv6 address, and writes it in one. */
function parse6(text: string): bigint | null {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(":")) return null;
  if (!URL.canParse(`http://[${text}]/`)) return null;
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce(
    (sum, group) => sum << 16n | BigInt(`0x${group}`),
    0n,
  );
}
