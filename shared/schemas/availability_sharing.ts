import * as z from "zod/mini";
import { EMAIL, INSTANT } from "./fields.ts";
import { withJsonSchema } from "./json_schema.ts";
import { LIMITS } from "./limits.ts";

const LEVEL = z.optional(
  z.enum(["busy", "habits"], "Expected busy (when you are busy) or habits (busy, and your habits)"),
);
const TERMS = { level: LEVEL, expires_at: z.optional(z.nullable(INSTANT)) };

const NAMES = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The name of a Workspace organization's domain (RFC 1035), as the table's check has it. */
const DOMAIN = withJsonSchema(
  z.string("Expected a domain, e.g. north.example").check(
    z.refine(
      (value) => value.length <= LIMITS.domain_characters && NAMES.test(value),
      "Expected a domain, e.g. north.example",
    ),
  ),
  { type: "string", format: "hostname", maxLength: LIMITS.domain_characters },
);

const lowerCase = <T extends z.ZodMiniType<string, string>>(schema: T) =>
  withJsonSchema(
    z.pipe(z.pipe(z.string(), z.transform((value) => value.trim().toLowerCase())), schema),
    schema,
  );

/** A permission to use the owner's own Google connection: for one person, a Workspace domain, or everybody. */
export const AVAILABILITY_SHARING = z.discriminatedUnion("grantee_kind", [
  z.strictObject({ grantee_kind: z.literal("person"), grantee: lowerCase(EMAIL), ...TERMS }),
  z.strictObject({ grantee_kind: z.literal("domain"), grantee: lowerCase(DOMAIN), ...TERMS }),
  z.strictObject({ grantee_kind: z.literal("everybody"), grantee: z.optional(z.null()), ...TERMS }),
], "Expected grantee_kind person, domain or everybody");
