import { default as CLIENT } from "../../client/deno.json" with { type: "json" };
import type * as z from "zod/mini";
import { AUTO_RESCHEDULE } from "@shared/schemas/auto_reschedule.ts";
import { CONSTRAINTS } from "@shared/schemas/constraints.ts";
import { GROUP } from "@shared/schemas/group.ts";
import { PARTICIPANT_OBJECT } from "@shared/schemas/participant.ts";
import { RECURRENCE } from "@shared/schemas/recurrence.ts";
import { REMINDER_LIST } from "@shared/schemas/reminders.ts";
import { WEIGHTS } from "@shared/schemas/weights.ts";
import { component } from "./components.ts";
import { errorResponses, sharedErrorResponses } from "./error_responses.ts";
import { HEADERS_OF_ALL, REQUEST_ID } from "./headers.ts";
import { JsonSchemas } from "./json_schema.ts";
import type { JsonSchema } from "./json_schema.ts";
import { commonErrors } from "./operation.ts";
import type { Operation, Success } from "./operation.ts";
import { GOOGLE_AUTH_OPERATIONS } from "./operations/google_auth.ts";
import { MEETINGS_OPERATIONS } from "./operations/meetings.ts";
import { OPERATORS_OPERATIONS } from "./operations/operations.ts";
import { QUEUE_OPERATIONS } from "./operations/queue.ts";
import { SCHEDULE_OPERATIONS } from "./operations/schedule.ts";
import { STATUS_OPERATIONS } from "./operations/status.ts";
import { TASK_EVENT_OPERATIONS } from "./operations/task_events.ts";
import { WRITE_BACK_OPERATIONS } from "./operations/write_back.ts";

export const OPERATIONS: readonly Operation[] = [
  ...SCHEDULE_OPERATIONS,
  ...WRITE_BACK_OPERATIONS,
  ...STATUS_OPERATIONS,
  ...MEETINGS_OPERATIONS,
  ...TASK_EVENT_OPERATIONS,
  ...GOOGLE_AUTH_OPERATIONS,
  ...QUEUE_OPERATIONS,
  ...OPERATORS_OPERATIONS,
];

component("Participant", PARTICIPANT_OBJECT, "A person or room.");
component("ParticipantGroup", GROUP, "People or rooms of whom `count` take part.");
component("Constraints", CONSTRAINTS, "When a meeting may take place (docs/schedule.md).");
component("Weights", WEIGHTS, "The most points that each factor of a score gives, 100 together.");
component(
  "AutoReschedule",
  AUTO_RESCHEDULE,
  "Whether a meeting moves automatically; false: never.",
);
component("Reminders", REMINDER_LIST);
component("Recurrence", RECURRENCE, "Lines of RFC 5545: one RRULE, EXDATE, RDATE.");

const SECURITY = { user: "accessToken", key: "secretKey" } as const;

/** The contract of the edge functions: an OpenAPI 3.1 document. */
export function openApi(): JsonSchema {
  const schemas = new JsonSchemas();
  const paths: Record<string, JsonSchema> = {};
  for (const operation of OPERATIONS) {
    const methods = paths[operation.path] ??= {};
    methods[operation.method.toLowerCase()] = described(operation, schemas);
  }
  const responses = sharedErrorResponses(schemas);
  return {
    openapi: "3.1.1",
    info: {
      title: "Convene",
      version: CLIENT.version,
      summary: "From a meeting's participants to one event on Google Calendar.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{
      url: "{project}/functions/v1",
      variables: {
        project: {
          default: "http://127.0.0.1:54321",
          description: "The URL of the Supabase project.",
        },
      },
    }],
    tags: [...new Set(OPERATIONS.map(functionOf))].map((name) => ({ name })),
    paths,
    components: {
      headers: { RequestId: REQUEST_ID },
      responses,
      schemas: Object.fromEntries([...schemas.components].sort(([a], [b]) => a < b ? -1 : 1)),
      securitySchemes: {
        accessToken: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "The access token of a signed-in user (Supabase Auth).",
        },
        secretKey: {
          type: "apiKey",
          in: "header",
          name: "apikey",
          description: "A secret key of the project, which acts for any user.",
        },
      },
    },
  };
}

const DESCRIPTION =
  "`mcp` speaks the Model Context Protocol, in which it describes its tools itself, and is not in here. " +
  "The edge functions of Convene. Tables are read and inserted with PostgREST, which describes them " +
  "itself (`GET /rest/v1/`). Instants are RFC 3339 with an offset, time zones are IANA names. A call " +
  "to another path is refused with `not_found`, one with another method with `method_not_allowed`.";

function functionOf({ path }: Operation): string {
  return path.split("/")[1] ?? "";
}

function described(operation: Operation, schemas: JsonSchemas): JsonSchema {
  const { id, summary, callers, query, body, is_body_optional, successes } = operation;
  return {
    operationId: id,
    summary,
    tags: [functionOf(operation)],
    security: callers.map((caller) => ({ [SECURITY[caller]]: [] })),
    ...(query === undefined ? {} : { parameters: parametersOf(query, schemas) }),
    ...(body === undefined ? {} : {
      requestBody: {
        required: is_body_optional !== true,
        content: { "application/json": { schema: anyOf(body, "input", schemas) } },
      },
    }),
    responses: Object.fromEntries([
      ...Object.entries(successes).map(([status, one]) => [status, successOf(one, schemas)]),
      ...errorResponses([commonErrors(operation), ...operation.errors], schemas),
    ]),
  };
}

function parametersOf(query: z.ZodMiniObject, schemas: JsonSchemas): JsonSchema[] {
  return Object.entries(query._zod.def.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: schema._zod.optin !== "optional",
    schema: schemas.of(schema, "input"),
  }));
}

function successOf({ description, content, headers }: Success, schemas: JsonSchemas): JsonSchema {
  return {
    description,
    headers: { ...headersOf(headers ?? {}), ...HEADERS_OF_ALL },
    ...(content === undefined ? {} : {
      content: Object.fromEntries(
        Object.entries(content).map(([type, bodies]) => [
          type,
          { schema: anyOf(bodies, "output", schemas) },
        ]),
      ),
    }),
  };
}

function headersOf(headers: Readonly<Record<string, string>>): JsonSchema {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, required: true, schema: { type: "string" } },
    ]),
  );
}

function anyOf(
  bodies: readonly z.ZodMiniType[],
  direction: "input" | "output",
  schemas: JsonSchemas,
): JsonSchema {
  const [first, ...others] = bodies.map((body) => schemas.of(body, direction));
  if (first === undefined) throw new Error("A content type without a body");
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}
