import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import { onBothDatabases, startFixture } from "./fixture_platform.ts";
import { startTestServer } from "./test_server.ts";

onBothDatabases(
  "net.http_post() is delivered with its body, parameters and headers, and its answer is kept",
  async (database) => {
    await using server = startTestServer(() =>
      Response.json({ fine: true }, { status: 201, headers: { "x-answer": "42" } })
    );
    await using platform = await startFixture({ database });
    const [row] = await platform.sql<{ id: number }>(
      `select net.http_post(
         url := $1,
         body := '{"b": [1, "ä"]}',
         params := '{"q": "a b&c/ä~"}',
         headers := '{"X-Given": "yes"}'
       ) as id`,
      [`${server.url}/hook?first=1`],
    );
    assert.equal(await platform.drainNet(), 1);

    const [request] = server.received;
    assert.equal(request?.method, "POST");
    assert.equal(request.path, "/hook?first=1&q=a%20b%26c%2F%C3%A4~");
    assert.deepEqual(JSON.parse(request.body), { b: [1, "ä"] });
    assert.equal(request.headers["x-given"], "yes");
    assert.equal(request.headers["content-type"], "application/json");

    const answers = await platform.sql(
      `select id, status_code, content_type, headers ->> 'x-answer' as answer, content, timed_out,
         error_msg, created is not null as dated from net._http_response`,
    );
    assert.deepEqual(answers, [{
      id: row?.id,
      status_code: 201,
      content_type: "application/json",
      answer: "42",
      content: '{"fine":true}',
      timed_out: false,
      error_msg: null,
      dated: true,
    }]);
  },
);

onBothDatabases(
  "drainNet() delivers in the order of the calls, each after the answer to the one before",
  async (database) => {
    let open = 0;
    let most = 0;
    await using server = startTestServer(async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open--;
      return new Response("ok");
    });
    await using platform = await startFixture({ database });
    await platform.sql("select net.http_post($1 || n) from generate_series(1, 20) n", [
      `${server.url}/`,
    ]);
    assert.equal(await platform.drainNet(), 20);

    const expected = Array.from({ length: 20 }, (_, index) => `/${index + 1}`);
    assert.deepEqual(server.received.map((request) => request.path), expected);
    assert.equal(most, 1);
    assert.equal(await platform.drainNet(), 0);
  },
);

onBothDatabases(
  "drainNet() keeps a timeout and a refused connection as answers",
  async (database) => {
    const waiting = Promise.withResolvers<Response>();
    await using server = startTestServer(() => waiting.promise);
    await using platform = await startFixture({ database });
    await platform.sql("select net.http_post($1, timeout_milliseconds := 50)", [server.url]);
    await platform.sql("select net.http_get('http://127.0.0.1:1/')");
    assert.equal(await platform.drainNet(), 2);
    waiting.resolve(new Response("late"));

    const [timeout, refused] = await platform.sql<{ timed_out: boolean; error_msg: string }>(
      "select timed_out, error_msg, status_code from net._http_response order by id",
    );
    assert.equal(timeout?.timed_out, true);
    assert.match(timeout.error_msg, /^Timeout of 50 ms reached/);
    assert.equal(refused?.timed_out, null);
    assert.ok(refused.error_msg.length > 0);
  },
);

Deno.test("net.http_post() of a transaction that is rolled back is never sent", async () => {
  await using server = startTestServer();
  await using platform = await startFixture();
  await assert.rejects(platform.sql("select net.http_post($1), 1 / 0", [server.url]));
  assert.equal(await platform.drainNet(), 0);
  assert.equal(server.received.length, 0);
});

Deno.test("net.http_post() refuses another content type than JSON", async () => {
  await using platform = await startFixture();
  await assert.rejects(
    platform.sql(
      `select net.http_post('http://127.0.0.1:1', headers := '{"content-type": "text/plain"}')`,
    ),
    /Content-Type header must be "application\/json"/,
  );
});

Deno.test("net.http_post() may be called by every role, as with pg_net", async () => {
  await using platform = await startFixture();
  for (const role of ["anon", "authenticated", "service_role"]) {
    const [row] = await platform.sql(
      `select has_schema_privilege($1, 'net', 'usage') as schema,
         has_function_privilege($1, 'net.http_post(text, jsonb, jsonb, jsonb, int)', 'execute') as call,
         has_table_privilege($1, 'net.http_request_queue', 'insert') as queue,
         has_sequence_privilege($1, 'net.http_request_queue_id_seq', 'usage') as ids`,
      [role],
    );
    assert.deepEqual(row, { schema: true, call: true, queue: true, ids: true }, role);
  }
});

Deno.test("startPlatform() delivers queued requests automatically unless configured otherwise", async () => {
  await using server = startTestServer();
  await using platform = await startFixture({ background: { net: true, cron: false } });
  await platform.sql("select net.http_post($1)", [server.url]);
  await eventually("the request arrives", () => server.received.length === 1);
});
