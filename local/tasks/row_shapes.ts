import type * as z from "zod/mini";
import { firstIssue } from "@shared/failures/issues.ts";
import { MEETING_FIELDS } from "@shared/schemas/given_meeting.ts";
import { kindOf } from "@shared/schemas/kinds.ts";

/** A schema as private.shape_problem reads it: JSON. `expected`: the message for a value that does not fit. */
export interface Shape {
  type: string;
  [field: string]: unknown;
}

/** Columns of meetings that are no values of their own: the type of the column says what they are. */
const TYPED_COLUMNS = new Set([
  "organizer_user_id",
  "allow_concessions",
  "guests_can_modify",
  "guests_can_invite_others",
  "guests_can_see_other_guests",
]);

/** The shapes of the columns of meetings, in the order in which a request is checked. */
export function meetingShapes(): { name: string; shape: Shape }[] {
  return Object.entries(MEETING_FIELDS).filter(([name]) => !TYPED_COLUMNS.has(name)).map((
    [name, schema],
  ) => ({ name, shape: shapeOf(schema) }));
}

/** The text of the migration that holds them. */
export function shapesMigration(): string {
  const lines = meetingShapes().map(({ name, shape }) =>
    `  ${JSON.stringify(name)}: ${JSON.stringify(shape).replaceAll("'", "''")}`
  );
  return `-- Written by deno task db:shapes from shared/schemas; a test compares both. private.shape_problem reads a shape.
create function private.meeting_shapes() returns jsonb
language sql immutable set search_path = ''
return jsonb '{
${lines.join(",\n")}
}';
comment on function private.meeting_shapes() is
  'The shapes of the columns of meetings, by name: what shared/schemas accept of the same fields of a request.';

revoke all on function private.meeting_shapes from public, anon, authenticated, service_role;
`;
}

/** Throws where a check is a function that the database does not know: such a schema needs a kind. */
export function shapeOf(schema: z.core.$ZodType): Shape {
  const def = definitionOf(schema);
  if (def.type === "optional") return { ...shapeOf(def.innerType), optional: true };
  if (def.type === "nullable") return { ...shapeOf(def.innerType), nullable: true };
  const kind = kindOf(schema);
  if (kind?.same_as !== undefined) return shapeOf(kind.same_as);
  if (def.type === "pipe" && kind === undefined) return shapeOf(def.in);
  const { schemas = {}, ...known } = kind ?? {};
  const checks = (def.checks ?? []).map((check) => check._zod.def as Check);
  if (kind === undefined && checks.some(({ check }) => check === "custom")) {
    throw new Error(`A check of a schema of type ${def.type} has no kind`);
  }
  const expected = typeMessage(schema);
  const checked = checks.find(({ check }) => check === "custom" || check === "string_format");
  const expected_value = checked?.error?.({});
  return {
    type: def.type,
    expected,
    ...(expected_value === undefined || expected_value === expected ? {} : { expected_value }),
    ...structureOf(def, checks),
    ...known,
    ...Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, shapeOf(one)])),
  };
}

interface Check {
  check: string;
  minimum?: number;
  maximum?: number;
  error?: (issue: object) => string;
}

type Definition =
  & { type: string; checks?: z.core.$ZodCheck[] }
  & {
    innerType: z.core.$ZodType;
    in: z.core.$ZodType;
    element: z.core.$ZodType;
    valueType: z.core.$ZodType;
    keyType: z.core.$ZodType;
    shape: Record<string, z.core.$ZodType>;
    entries: Record<string, string>;
  };

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

function structureOf(def: Definition, checks: readonly Check[]): object {
  switch (def.type) {
    case "object":
      return {
        fields: Object.entries(def.shape).map(([name, schema]) => ({
          name,
          ...shapeOf(schema),
        })),
        names: Object.keys(def.shape),
      };
    case "array":
      return { each: shapeOf(def.element), ...bound(checks, "min"), ...bound(checks, "max") };
    case "record":
      return { key: shapeOf(def.keyType), each: shapeOf(def.valueType) };
    case "enum":
      return { values: Object.values(def.entries) };
    default:
      return {};
  }
}

function bound(checks: readonly Check[], end: "min" | "max"): object {
  const found = checks.find(({ check }) => check === `${end}_length`);
  if (found === undefined) return {};
  return end === "min"
    ? { least: found.minimum, too_few: found.error?.({}) }
    : { most: found.maximum, too_many: found.error?.({}) };
}

/** What a request is told that has something else in this place. */
function typeMessage(schema: z.core.$ZodType): string {
  const parsed = (schema as z.ZodMiniType).safeParse(undefined);
  if (parsed.success) throw new Error("A schema that accepts nothing at all has no message");
  return firstIssue(parsed.error).message;
}
