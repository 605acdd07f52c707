import assert from "node:assert/strict";
import { pinnedPost } from "../../../shared/notifications/pinned_post.ts";
import { readReplyHead } from "../../../shared/notifications/reply_head.ts";
import { startReceiver } from "./receiver.ts";
import { selfSignedFor } from "./self_signed.ts";

const POST = { url: "", headers: { "content-type": "application/json" }, body: '{"name":"Zoë"}' };
const LIMIT = { timeout_ms: 5_000 };

Deno.test("pinnedPost() reaches the given address, whatever the name in the URL says", async () => {
  await using receiver = startReceiver();
  const { port } = new URL(receiver.url);
  const url = new URL(`http://name.example:${port}/hook`);
  const reply = await pinnedPost(POST, { url, address: "127.0.0.1" }, LIMIT);
  assert.deepEqual(reply, { status: 204, retry_after: null });
  const [received] = receiver.received;
  assert.equal(received?.path, "/hook");
  assert.equal(received?.text, POST.body);
  assert.equal(received?.headers.get("host"), `name.example:${port}`);
  assert.equal(received?.headers.get("content-type"), "application/json");
});

Deno.test("pinnedPost() follows no redirect and reports Retry-After", async () => {
  await using receiver = startReceiver();
  const url = new URL(receiver.url);
  receiver.answer(307, { location: `${receiver.url}/elsewhere`, "retry-after": "5" });
  const reply = await pinnedPost(POST, { url, address: "127.0.0.1" }, LIMIT);
  assert.deepEqual(reply, { status: 307, retry_after: "5" });
  assert.equal(receiver.received.length, 1);
});

Deno.test("pinnedPost() gives up on a target that says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const url = new URL(`http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/`);
  await assert.rejects(
    pinnedPost(POST, { url, address: "127.0.0.1" }, { timeout_ms: 50 }),
    /No answer within 50 ms/,
  );
  (await accepted).close();
});

Deno.test("pinnedPost() cannot be made to write a header of its own", async () => {
  await using receiver = startReceiver();
  const post = { ...POST, headers: { "x-one": "1\r\nx-two: 2" } };
  await pinnedPost(post, { url: new URL(receiver.url), address: "127.0.0.1" }, LIMIT);
  assert.equal(receiver.received[0]?.headers.get("x-two"), null);
});

Deno.test("pinnedPost() verifies the certificate against the name, not the address", async () => {
  const pair = await selfSignedFor("target.example");
  await using server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      onError: () => new Response(),
      ...pair,
    },
    () => new Response(null, { status: 202 }),
  );
  const at = (name: string) => ({
    url: new URL(`https://${name}:${server.addr.port}/hook`),
    address: "127.0.0.1",
  });
  const trusting = { ...LIMIT, ca_certificates: [pair.cert] };
  assert.equal((await pinnedPost(POST, at("target.example"), trusting)).status, 202);
  await assert.rejects(pinnedPost(POST, at("other.example"), trusting), /certificate/i);
  await assert.rejects(pinnedPost(POST, at("target.example"), LIMIT), /certificate/i);
});

Deno.test("readReplyHead() reads an answer in pieces and past interim ones, and refuses what is none", async () => {
  const text =
    "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After:  9 \r\n\r\nbody";
  assert.deepEqual(await readReplyHead(pieces(text, 7)), { status: 429, retry_after: "9" });
  await assert.rejects(readReplyHead(pieces("SSH-2.0-x\r\n\r\n", 100)), /not HTTP/);
  await assert.rejects(readReplyHead(pieces("HTTP/1.1 200 OK\r\n", 100)), /ended/);
  await assert.rejects(
    readReplyHead(pieces(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}`, 4096)),
    /no end/,
  );
});

function pieces(text: string, size: number) {
  let rest = new TextEncoder().encode(text);
  return {
    read(buffer: Uint8Array): Promise<number | null> {
      if (rest.length === 0) return Promise.resolve(null);
      const piece = rest.subarray(0, Math.min(size, buffer.length));
      buffer.set(piece);
      rest = rest.subarray(piece.length);
      return Promise.resolve(piece.length);
    },
  };
}
