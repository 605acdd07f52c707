import * as z from "zod/mini";
import { EMAIL, INSTANT } from "./fields.ts";

const LEVEL = z.optional(
  z.enum(["busy", "habits"], "Expected busy (when you are busy) or habits (busy, and your habits)"),
);
const TERMS = { level: LEVEL, expires_at: z.optional(z.nullable(INSTANT)) };

/** The name of a Workspace organization's domain (RFC 1035), as the table's check has it. */
const DOMAIN = z.string("Expected a domain, e.g. north.example").check(
  z.maxLength(253, "Expected a domain, e.g. north.example"),
  z.regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "Expected a domain, e.g. north.example",
  ),
);

const lowerCase = <T extends z.ZodMiniType<string, string>>(schema: T) =>
  z.pipe(z.pipe(z.string(), z.transform((value) => value.trim().toLowerCase())), schema);

/** A permission to use the owner's own Google connection: for one person, a Workspace domain, or everybody. */
export const AVAILABILITY_SHARING = z.discriminatedUnion("grantee_kind", [
  z.strictObject({ grantee_kind: z.literal("person"), grantee: lowerCase(EMAIL), ...TERMS }),
  z.strictObject({ grantee_kind: z.literal("domain"), grantee: lowerCase(DOMAIN), ...TERMS }),
  z.strictObject({ grantee_kind: z.literal("everybody"), grantee: z.optional(z.null()), ...TERMS }),
], "Expected grantee_kind person, domain or everybody");
