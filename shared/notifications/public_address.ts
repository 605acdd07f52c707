import { default as ipaddr } from "ipaddr.js";

/** The library calls unicast whatever it knows nothing else about; of IPv6 only this range is public at all. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/**
 * Addresses outside of the private ranges at which a cloud answers its own machines. Azure's serves the platform's
 * agent and DNS (learn.microsoft.com, "What is IP address 168.63.129.16?"); the others' metadata services
 * (169.254.169.254, 100.100.100.200, 192.0.0.192, fd00:ec2::254, fd20:ce::254) are in ranges that are not public.
 */
const HOST_SERVICES: ReadonlySet<string> = new Set(["168.63.129.16"]);

/** Whether an IP address (no name, no brackets) belongs to the public internet. Anything unreadable does not, nor does a service of the host. */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address);
  if (parsed?.range() !== "unicast") return false;
  if (parsed.kind() === "ipv4") return !HOST_SERVICES.has(parsed.toString());
  return parsed.match(GLOBAL_UNICAST);
}

/** Whether an IP address is this machine itself. */
export function isLoopbackAddress(address: string): boolean {
  return parse(address)?.range() === "loopback";
}

/** Whether a host is an IP address rather than a name. */
export function isAddress(host: string): boolean {
  return parse(host) !== null;
}

/** Neither the old forms of IPv4 (0x7f.1, 127.1) nor a zone (fe80::1%eth0): they name an address to some readers only. */
function parse(text: string) {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return !text.includes("%") && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}
