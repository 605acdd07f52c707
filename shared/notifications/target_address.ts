import type { NotificationsConfiguration } from "./configuration.ts";
import { isAddress, isLoopbackAddress, isPublicAddress } from "./public_address.ts";

/** All addresses of a host name. Throws when it has none or the name server does not answer. */
export type Resolve = (hostname: string) => Promise<string[]>;

/** Where a target may be reached: connect to `address` and nowhere else, whatever the name says later. */
export type TargetAddress =
  | { allowed: true; url: URL; address: string }
  | { allowed: false; reason: string };

/**
 * Resolves a target at the time of the call and refuses addresses that are not public: a user's
 * target must not reach into the network that the functions run in. Every address of the name must be
 * public. `allow_loopback` admits this machine, also over http and with any port. Throws what `resolve` throws.
 */
export async function targetAddress(
  text: string,
  resolve: Resolve,
  { allow_loopback, ports }: Pick<NotificationsConfiguration, "allow_loopback" | "ports">,
): Promise<TargetAddress> {
  if (!URL.canParse(text)) return refused("The target's address is not a URL.");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return refused("The target's address contains a user name or a password.");
  }
  if (url.protocol !== "https:" && !(allow_loopback && url.protocol === "http:")) {
    return refused("The target's address is not https.");
  }
  const addresses = await addressesOf(url.hostname, resolve);
  const loopback = allow_loopback && addresses.every(isLoopbackAddress);
  if (!loopback && url.protocol !== "https:") return refused("The target's address is not https.");
  if (!loopback && !ports.includes(Number(url.port || 443))) {
    return refused(`The target's port is not allowed. Allowed: ${ports.join(", ")}.`);
  }
  // Which address it is would show the owner of a target the names of this network.
  if (!loopback && !addresses.every(isPublicAddress)) {
    return refused("The target's host has an address that is not public.");
  }
  const [first] = addresses;
  if (first === undefined) return refused("The target's host has no address.");
  return { allowed: true, url, address: first };
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isAddress(host)) return [host];
  // Name servers need not know these names; they always mean this machine (RFC 6761).
  if (/(^|\.)localhost\.?$/.test(host)) return ["127.0.0.1"];
  return await resolve(host);
}

function refused(reason: string): TargetAddress {
  return { allowed: false, reason };
}

/** Asks the name server for both kinds of address, IPv4 first: not every network here has IPv6. */
export async function resolveByDns(hostname: string): Promise<string[]> {
  const [v4, v6] = await Promise.allSettled([
    Deno.resolveDns(hostname, "A"),
    Deno.resolveDns(hostname, "AAAA"),
  ]);
  if (v4.status === "rejected" && v6.status === "rejected") throw v4.reason;
  return [v4, v6].flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
}
