/** The signing key of one emulator, made when first needed: RSA keys take a moment. */
export class SigningKey {
  #pair: Promise<CryptoKeyPair> | null = null;
  readonly kid = "emulator-1";

  pair(): Promise<CryptoKeyPair> {
    this.#pair ??= crypto.subtle.generateKey(
      {
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: "SHA-256",
      },
      true,
      ["sign", "verify"],
    );
    return this.#pair;
  }

  /** The public half as a JWK set. */
  async jwks(): Promise<unknown> {
    const { kty, n, e } = await crypto.subtle.exportKey("jwk", (await this.pair()).publicKey);
    return { keys: [{ kty, n, e, kid: this.kid, alg: "RS256", use: "sig" }] };
  }
}
