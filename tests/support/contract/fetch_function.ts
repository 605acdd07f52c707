import { ContractCheck } from "./check_contract.ts";
import type { ReceivedResponse, SentRequest } from "./check_contract.ts";

const CONTRACT = new URL("../../../docs/openapi.json", import.meta.url);

let check: ContractCheck | undefined;

/**
 * fetch() for functions: throws where the response is not what docs/openapi.json says, or where a request was accepted
 * that it does not have.
 */
export async function fetchFunction(
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> {
  const response = await fetch(input, init);
  const [url, method] = input instanceof Request
    ? [new URL(input.url), init.method ?? input.method]
    : [new URL(input), init.method ?? "GET"];
  const { status, headers } = response;
  // Read first, so that nothing is left open where it is wrong.
  const text = await response.text();
  await requireContract(
    { url, method, body: typeof init.body === "string" ? init.body : null },
    { status, headers, text },
  );
  return new Response(text === "" ? null : text, response);
}

/** Throws where a response is not what docs/openapi.json says, or a request was accepted that it does not have. */
export async function requireContract(
  sent: SentRequest,
  received: ReceivedResponse,
): Promise<void> {
  check ??= new ContractCheck(JSON.parse(await Deno.readTextFile(CONTRACT)));
  const problem = check.problem(sent, received);
  if (problem === null) return;
  throw new Error(`docs/openapi.json differs from a response: ${problem}`);
}
