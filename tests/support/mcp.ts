import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Organizer, Stack } from "./stack.ts";

/** The protocol revisions in use: negotiated by `initialize`, and the one that has no handshake. */
export type Revision = "2025-11-25" | "2026-07-28";

/** What a tool has returned. */
export interface Called {
  is_error: boolean;
  text: string;
  // deno-lint-ignore no-explicit-any -- data is whatever the test asserts it to be
  data: any;
}

/** The official client, connected as a user. */
export interface McpClient extends AsyncDisposable {
  client: Client;
  /** A tool's result. */
  call(tool: string, given?: Record<string, unknown>): Promise<Called>;
  /** The same, which must not be an error. */
  done(tool: string, given?: Record<string, unknown>): Promise<Called>;
}

export async function mcpClient(
  { platform }: Stack,
  { access_token }: Pick<Organizer, "access_token">,
  revision: Revision = "2026-07-28",
): Promise<McpClient> {
  const client = new Client(
    { name: "tests", version: "1.0.0" },
    revision === "2026-07-28" ? { versionNegotiation: { mode: { pin: revision } } } : {},
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${platform.functions_url}/mcp`), {
      authProvider: { token: () => Promise.resolve(access_token) },
    }),
  );
  const call = async (name: string, given: Record<string, unknown> = {}): Promise<Called> => {
    const { content, structuredContent, isError } = await client.callTool({
      name,
      arguments: given,
    });
    const text = content.map((block) => block.type === "text" ? block.text : "").join("\n");
    return { is_error: isError === true, text, data: structuredContent };
  };
  return {
    client,
    call,
    async done(name, given) {
      const called = await call(name, given);
      assert.equal(called.is_error, false, called.text);
      return called;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** A call of a tool as one HTTP request of the revision 2026-07-28, for tests without a client. */
export function toolCall(name: string, given: Record<string, unknown>) {
  const revision: Revision = "2026-07-28";
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": revision,
    "io.modelcontextprotocol/clientInfo": { name: "tests", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return {
    headers: { "mcp-protocol-version": revision, "mcp-method": "tools/call", "mcp-name": name },
    body: {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name, arguments: given, _meta },
    },
  };
}

export const TOOL_NAMES = [
  "find_times",
  "schedule_meeting",
  "meeting_status",
  "change_meeting",
  "cancel_meeting",
  "explain_meeting",
];

/** A user with the official client, and a guest. */
export async function connectedAssistant(stack: Stack) {
  const organizer = await stack.organizer();
  const guest = await stack.guest();
  return { organizer, guest, mcp: await mcpClient(stack, organizer) };
}
