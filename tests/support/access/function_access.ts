import assert from "node:assert/strict";
import { callFunction, type Stack } from "../stack.ts";
import { ACCESS_REQUESTS, type AccessRequest, type Scene } from "./function_requests.ts";

/** Who calls, in the order of the columns of docs/access.md. */
export const FUNCTION_CALLERS = [
  "no key",
  "publishable key",
  "stranger",
  "participant",
  "owner",
  "secret key",
  "automations key",
] as const;

export type FunctionCaller = (typeof FUNCTION_CALLERS)[number];

export interface FunctionLine {
  function: string;
  path: string;
  method: string;
  about: string;
  /** "yes", "own" (something of the caller's), "none" (nothing of the owner), or an error code. */
  answers: Record<FunctionCaller, string>;
}

/** Sends every request of function_requests.ts as every caller, each about something new. */
export async function tryFunctionAccess(stack: Stack): Promise<FunctionLine[]> {
  const [owner, participant, stranger] = [
    await stack.organizer(),
    await stack.organizer(),
    await stack.organizer(),
  ];
  const scene = { stack, owner, participant, stranger };
  const lines: FunctionLine[] = [];
  for (const request of ACCESS_REQUESTS) {
    const { function: name, path, method, about } = request;
    const answers: [FunctionCaller, string][] = [];
    for (const caller of FUNCTION_CALLERS) {
      answers.push([caller, await answerTo(request, caller, scene)]);
    }
    lines.push({
      function: name,
      path,
      method,
      about,
      answers: Object.fromEntries(answers) as FunctionLine["answers"],
    });
  }
  return lines;
}

async function answerTo(
  request: AccessRequest,
  caller: FunctionCaller,
  scene: Omit<Scene, "user">,
): Promise<string> {
  const { platform } = scene.stack;
  const is_key = caller === "secret key" || caller === "automations key";
  const user = is_key ? { user_id: scene.owner.user_id } : {};
  const sent = await request.send({ ...scene, user });
  const { status, body } = await callFunction(platform, `${request.function}${request.path}`, {
    method: request.method,
    ...credentials(caller, scene),
    ...sent,
  });
  if (caller !== "owner" && !is_key) tellsNothing(body, sent, scene);
  if (status >= 400) {
    assert.ok(status < 500, `${request.method} ${request.function}${request.path}: ${status}`);
    return body.error;
  }
  if (request.is_own) return is_key ? "yes" : "own";
  return request.reached === undefined || request.reached(body) ? "yes" : "none";
}

/** A response to another caller contains nothing of the owner that the caller did not send. */
function tellsNothing(body: unknown, sent: unknown, { owner }: Pick<Scene, "owner">): void {
  const [response, request] = [JSON.stringify(body), JSON.stringify(sent)];
  for (const fact of [owner.user_id, owner.email]) {
    assert.ok(!response?.includes(fact) || request.includes(fact), response);
  }
}

function credentials(
  caller: FunctionCaller,
  { stack, owner, participant, stranger }: Omit<Scene, "user">,
): { access_token?: string; apikey?: string } {
  const { platform } = stack;
  switch (caller) {
    case "no key":
      return {};
    case "publishable key":
      return { apikey: platform.publishable_key };
    case "secret key":
      return { apikey: platform.secret_key };
    case "automations key":
      return { apikey: platform.automations_key };
    case "stranger":
      return { access_token: stranger.access_token };
    case "participant":
      return { access_token: participant.access_token };
    case "owner":
      return { access_token: owner.access_token };
  }
}
