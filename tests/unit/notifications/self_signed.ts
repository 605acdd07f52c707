const encoder = new TextEncoder();

const ECDSA_SHA256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
const COMMON_NAME = oid([0x55, 0x04, 0x03]);
const SUBJECT_ALT_NAME = oid([0x55, 0x1d, 0x11]);

/** A TLS certificate (PEM) of a day before and after now that vouches for itself, and its key. */
export async function selfSignedFor(name: string): Promise<{ cert: string; key: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const exported = async (format: "spki" | "pkcs8", key: CryptoKey) =>
    new Uint8Array(await crypto.subtle.exportKey(format, key));

  const issuer = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, encoder.encode(name)))));
  const names = sequence(der(0x82, encoder.encode(name)));
  const content = sequence(
    der(0xa0, integer([2])), // version 3
    integer([...crypto.getRandomValues(new Uint8Array(8))]),
    ECDSA_SHA256,
    issuer,
    sequence(day(-1), day(1)),
    issuer,
    await exported("spki", pair.publicKey),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, names)))),
  );
  const signed = new Uint8Array(
    await crypto.subtle.sign(algorithm, pair.privateKey, Uint8Array.from(content)),
  );
  const signature = sequence(integer([...signed.slice(0, 32)]), integer([...signed.slice(32)]));
  return {
    cert: pem("CERTIFICATE", sequence(content, ECDSA_SHA256, bits(signature))),
    key: pem("PRIVATE KEY", await exported("pkcs8", pair.privateKey)),
  };
}

/** A value in the distinguished encoding of ASN.1 (X.690). */
function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 128
    ? [tag, length]
    : length < 256
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 255];
  return Uint8Array.from([...head, ...parts.flatMap((part) => [...part])]);
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  return der(0x30, ...parts);
}

function oid(bytes: number[]): Uint8Array {
  return der(0x06, Uint8Array.from(bytes));
}

/** A positive integer of big-endian bytes, in its shortest form. */
function integer(bytes: number[]): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = bytes.slice(first);
  return der(0x02, Uint8Array.from((shortest[0] ?? 0) > 127 ? [0, ...shortest] : shortest));
}

function bits(content: Uint8Array): Uint8Array {
  return der(0x03, Uint8Array.of(0), content);
}

/** Midnight before now, so many days later, as GeneralizedTime. */
function day(later: number): Uint8Array {
  const date = new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10);
  return der(0x18, encoder.encode(`${date.replaceAll("-", "")}000000Z`));
}

function pem(label: string, content: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...content)).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
