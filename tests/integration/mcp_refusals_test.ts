import assert from "node:assert/strict";
import { insertMeeting, rowOf, SLOT, WEEK } from "../support/meetings.ts";
import { connectedAssistant as connected, type McpClient, TOOL_NAMES } from "../support/mcp.ts";
import { promise, type Stack } from "../support/stack.ts";

promise("refusals of the MCP server", {
  "a refused call says code, path and what to do": async (stack) => {
    const { mcp } = await connected(stack);
    await using client = mcp;
    for (
      const [tool, given, path] of [
        ["find_times", {}, "participants"],
        ["schedule_meeting", { participants: ["ann@north.example", "no"] }, "participants[1]"],
        ["schedule_meeting", {
          participants: ["ann@north.example"],
          constraints: { timezone: "Paris" },
        }, "constraints.timezone"],
        ["schedule_meeting", { meeting_id: "a", start_time: "2035-01-08T10:00:00Z" }, "start_time"],
        ["change_meeting", { title: "Without a meeting" }, "meeting_id"],
        ["cancel_meeting", { meeting_id: "a", reason: "none" }, "reason"],
        ["meeting_status", { meeting_id: "a", limit: 3 }, "meeting_id"],
        ["explain_meeting", { meeting_id: "a", alternatives: 21 }, "alternatives"],
      ] as const
    ) {
      const { is_error, data, text } = await client.call(tool, given);
      assert.equal(is_error, true, tool);
      assert.deepEqual([data.error, data.details.path], ["invalid_request", path], text);
      assert.ok(text.startsWith(`invalid_request: ${path}: `), text);
      assert.match(text, /^What to do: /m);
    }
    const unconfirmed = await client.call("change_meeting", {
      meeting_id: await someMeeting(stack, client),
      start_time: "2035-01-08T10:00:00Z",
    });
    assert.deepEqual(unconfirmed.data.details, { path: "end_time" }, unconfirmed.text);
  },

  "a meeting of another user is not found, whatever the tool": async (stack) => {
    const owner = await stack.organizer();
    const meeting_id = await insertMeeting(owner, { participants: [owner.email], ...SLOT });
    const before = await rowOf(stack, meeting_id);
    const { mcp } = await connected(stack);
    await using client = mcp;
    for (const name of TOOL_NAMES) {
      for (const confirm of name.match(/schedule|change|cancel/) ? [false, true] : [undefined]) {
        const called = await client.call(name, {
          meeting_id,
          ...(confirm === undefined ? {} : { confirm }),
        });
        assert.deepEqual([called.is_error, called.data.error], [true, "meeting_not_found"], name);
      }
    }
    const list = await client.done("meeting_status");
    assert.deepEqual(list.data.meetings, []);
    assert.deepEqual(await rowOf(stack, meeting_id), before);
  },

  "a version that has changed since the dry run is refused": async (stack) => {
    const { mcp, organizer } = await connected(stack);
    await using client = mcp;
    const meeting_id = await insertMeeting(organizer, { participants: [organizer.email], ...SLOT });
    const { data: { version } } = await client.done("change_meeting", { meeting_id, title: "A" });
    await organizer.call("meetings", { method: "PATCH", body: { meeting_id, title: "B" } });
    for (const tool of ["change_meeting", "cancel_meeting"]) {
      const more = tool === "change_meeting" ? { title: "A" } : {};
      const given = { meeting_id, ...more, expected_version: version, confirm: true };
      const { is_error, data } = await client.call(tool, given);
      assert.deepEqual([is_error, data.error], [true, "version_conflict"], tool);
    }
    assert.equal((await rowOf(stack, meeting_id)).title, "B");
  },

  "only a signed-in user is let in, and a client learns where to get a token": async (stack) => {
    const { organizer } = await connected(stack);
    const { functions_url, api_url, automations_key } = stack.platform;
    const metadata_url = `${functions_url}/mcp/.well-known/oauth-protected-resource`;
    for (
      const headers of [
        {},
        { authorization: "Bearer no-token" },
        { apikey: automations_key },
        { authorization: `Bearer ${automations_key}` },
      ] as Record<string, string>[]
    ) {
      const { status, headers: answered, body } = await post(stack, LIST, headers);
      assert.equal(status, 401, JSON.stringify(headers));
      assert.equal(body.error, "unauthenticated");
      assert.match(body.message, /Keys are not accepted/);
      assert.equal(
        answered.get("www-authenticate"),
        `Bearer resource_metadata="${metadata_url}"`,
      );
      assert.match(answered.get("access-control-expose-headers") ?? "", /www-authenticate/);
    }
    const metadata = await (await fetch(metadata_url)).json();
    assert.equal(metadata.resource, `${functions_url}/mcp`);
    assert.deepEqual(metadata.authorization_servers, [`${api_url}/auth/v1`]);
    const email = `anonymous-${crypto.randomUUID().slice(0, 8)}@north.example`;
    const anonymous = await stack.platform.createUser(email, { is_anonymous: true });
    const refused = await post(stack, LIST, bearer(anonymous.access_token));
    assert.deepEqual([refused.status, refused.body.details.reason], [403, "anonymous_user"]);
    assert.equal((await post(stack, LIST, bearer(organizer.access_token))).status, 200);
  },

  "pages of other hosts are refused, and those of the app and of this machine are not": async (
    stack,
  ) => {
    const { organizer } = await connected(stack);
    const credentials = bearer(organizer.access_token);
    for (
      const [origin, status] of [
        ["https://evil.example", 403],
        ["null", 403],
        ["http://localhost:6274", 200],
        [new URL(stack.platform.api_url).origin, 200],
      ] as const
    ) {
      assert.equal((await post(stack, LIST, { ...credentials, origin })).status, status, origin);
    }
    const preflight = await fetch(`${stack.platform.functions_url}/mcp`, { method: "OPTIONS" });
    const allowed = preflight.headers.get("access-control-allow-headers") ?? "";
    for (const name of ["authorization", "mcp-protocol-version", "mcp-method", "mcp-name"]) {
      assert.ok(allowed.split(", ").includes(name), name);
    }
  },

  "what is no call gets an error of the protocol": async (stack) => {
    const { mcp, organizer } = await connected(stack);
    await using client = mcp;
    const credentials = bearer(organizer.access_token);
    const deep = `${"[".repeat(20)}${"]".repeat(20)}`;
    for (
      const [text, status, code] of [
        ["{", 400, -32700],
        ["", 400, -32700],
        ["[]", 400, -32600],
        [deep, 413, -32600],
        ['{"jsonrpc":"2.0","id":1,"method":"no/such"}', 200, -32601],
      ] as const
    ) {
      const answer = await post(stack, text, credentials);
      assert.deepEqual([answer.status, answer.body.error.code], [status, code], text);
      assert.equal(answer.body.jsonrpc, "2.0");
    }
    await assert.rejects(() => client.call("delete_everything"), /There is no tool/);
    for (const method of ["GET", "DELETE"]) {
      const url = `${stack.platform.functions_url}/mcp`;
      const response = await fetch(url, { method, headers: credentials });
      await response.body?.cancel();
      assert.equal(response.status, 405, method);
    }
    const elsewhere = await organizer.call("mcp/elsewhere", { body: {} });
    assert.deepEqual([elsewhere.status, elsewhere.body.error], [404, "not_found"]);
  },
});

const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

function bearer(access_token: string): Record<string, string> {
  return { authorization: `Bearer ${access_token}` };
}

/** One message as a client of 2025-11-25 sends it; its response as JSON, also where it is an event. */
async function post(stack: Stack, text: string, headers: Record<string, string>) {
  const response = await fetch(`${stack.platform.functions_url}/mcp`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: text,
  });
  const body = await response.text();
  const json = /^data: (.*)$/m.exec(body)?.[1] ?? body;
  return { status: response.status, headers: response.headers, body: JSON.parse(json) };
}

async function someMeeting(
  stack: Stack,
  client: McpClient,
): Promise<string> {
  const request = { participants: [await stack.guest()], constraints: WEEK, confirm: true };
  return (await client.done("schedule_meeting", request)).data.meeting_id;
}
