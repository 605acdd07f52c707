import { Validators } from "./validators.ts";
import type { Json } from "./validators.ts";

/** A request as it was sent. */
export interface SentRequest {
  method: string;
  url: URL;
  body: string | null;
}

/** A response as it arrived. */
export interface ReceivedResponse {
  status: number;
  headers: Headers;
  text: string;
}

interface Operation {
  parameters?: { name: string }[];
  requestBody?: { content: Json };
  responses: Record<string, ContractResponse | { $ref: string }>;
}

interface ContractResponse {
  headers?: Record<string, ContractHeader | { $ref: string }>;
  content?: Record<string, unknown>;
}

interface ContractHeader {
  required?: boolean;
  schema: unknown;
}

interface Contract {
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string }[];
  components: {
    headers: Record<string, ContractHeader>;
    responses: Record<string, ContractResponse>;
  };
}

/** What every function can respond to a request that the contract does not have. */
const REFUSALS = ["unauthenticated", "forbidden", "not_found", "method_not_allowed", "busy"];

/** The contract of docs/openapi.json, and what is wrong with an exchange by it. */
export class ContractCheck {
  readonly #contract: Contract;
  readonly #validators: Validators;
  readonly #functions: ReadonlySet<string>;

  constructor(document: Json) {
    this.#contract = document as unknown as Contract;
    this.#validators = new Validators(document);
    this.#functions = new Set(this.#contract.tags.map(({ name }) => name));
  }

  /** A sentence that names the route, the status and the field; null: the exchange keeps the contract. */
  problem(sent: SentRequest, received: ReceivedResponse): string | null {
    const path = routeOf(sent.url);
    const is_function = this.#functions.has(path.split("/")[1] ?? "");
    if (!is_function || sent.method === "OPTIONS" || isOfGateway(received)) return null;
    const method = sent.method.toLowerCase();
    const operation = this.#contract.paths[path]?.[method];
    const problem = operation === undefined
      ? this.#refusalProblem(received)
      : this.#responseProblem(operation, ["paths", path, method], received) ??
        (received.status < 300
          ? this.#requestProblem(operation, ["paths", path, method], sent)
          : null);
    return problem === null ? null : `${sent.method} ${path} ${received.status}: ${problem}`;
  }

  #responseProblem(
    operation: Operation,
    place: readonly string[],
    { status, headers, text }: ReceivedResponse,
  ): string | null {
    const named = operation.responses[String(status)];
    if (named === undefined) return `the contract has no such status; the body is ${text}`;
    const [response, at] = "$ref" in named
      ? this.#shared(named.$ref)
      : [named, [...place, "responses", String(status)]] as const;
    return this.#headerProblem(response, at, headers) ??
      this.#bodyProblem(response, at, { headers, text });
  }

  #headerProblem(
    response: ContractResponse,
    place: readonly string[],
    headers: Headers,
  ): string | null {
    for (const [name, described] of Object.entries(response.headers ?? {})) {
      const at = "$ref" in described
        ? described.$ref.split("/").slice(1)
        : [...place, "headers", name];
      const { required } = "$ref" in described
        ? this.#contract.components.headers[at.at(-1) ?? ""] ?? {}
        : described;
      const value = headers.get(name);
      if (value === null) {
        if (required === true) return `the header ${name} is missing`;
        continue;
      }
      const wrong = this.#validators.header([...at, "schema"])(value);
      if (wrong !== null) return `the header ${name} is ${value}: ${wrong}`;
    }
    return null;
  }

  #bodyProblem(
    { content }: ContractResponse,
    place: readonly string[],
    { headers, text }: Pick<ReceivedResponse, "headers" | "text">,
  ): string | null {
    if (content === undefined) return text === "" ? null : `the contract has no body, not ${text}`;
    const type = headers.get("content-type")?.split(";")[0] ?? "none";
    if (!Object.hasOwn(content, type)) return `the contract has no content of the type ${type}`;
    const validate = this.#validators.response([...place, "content", type, "schema"]);
    switch (type) {
      case "application/json":
        return withBody(validate(JSON.parse(text)), text);
      case "application/x-ndjson": {
        const lines = text.split("\n").filter((line) => line !== "");
        return lines.map((line) => withBody(validate(JSON.parse(line)), line))
          .find((one) => one !== null) ?? null;
      }
      default:
        return withBody(validate(text), text);
    }
  }

  #requestProblem(
    { parameters = [], requestBody }: Operation,
    place: readonly string[],
    { url, body }: SentRequest,
  ): string | null {
    const query = Object.fromEntries(url.searchParams);
    delete query.forceFunctionRegion;
    const wrong_query = this.#validators.query([...place, "parameters"], parameters)(query);
    if (wrong_query !== null) return `the function accepted the query, in which ${wrong_query}`;
    if (requestBody === undefined || body === null || body.trim() === "") return null;
    const schema = [...place, "requestBody", "content", "application/json", "schema"];
    const wrong_body = this.#validators.request(schema)(JSON.parse(body));
    return wrong_body === null
      ? null
      : withBody(`the function accepted the request, in which ${wrong_body}`, body);
  }

  /** A request to a path or with a method that the contract does not have has to be refused. */
  #refusalProblem({ status, headers, text }: ReceivedResponse): string | null {
    const body: unknown = headers.get("content-type")?.startsWith("application/json")
      ? JSON.parse(text)
      : null;
    const code = typeof body === "object" && body !== null && "error" in body ? body.error : null;
    if (typeof code !== "string" || !REFUSALS.includes(code)) {
      return `the contract has no such operation, and it answered ${text}`;
    }
    const [response, place] = this.#shared(`#/components/responses/${code}`);
    if (status < 400) return "is no error";
    return this.#headerProblem(response, place, headers) ??
      this.#bodyProblem(response, place, { headers, text });
  }

  #shared($ref: string): [ContractResponse, string[]] {
    const place = $ref.split("/").slice(1);
    const response = this.#contract.components.responses[place.at(-1) ?? ""];
    if (response === undefined) throw new Error(`The contract has no ${$ref}`);
    return [response, place];
  }
}

/** The functions' process did not answer: tests kill it. */
function isOfGateway({ status, text }: ReceivedResponse): boolean {
  return status === 502 && text.includes('"error":"function_unreachable"');
}

const MOST_SHOWN = 2_000;

function withBody(problem: string | null, body: string): string | null {
  return problem === null ? null : `${problem}; the body is ${body.slice(0, MOST_SHOWN)}`;
}

/** "/status/health" of any server and worker. */
function routeOf({ pathname }: URL): string {
  return pathname.replace(/^.*\/functions\/v1(?=\/)/, "").replace(/\/$/, "");
}
