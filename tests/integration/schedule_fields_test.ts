import assert from "node:assert/strict";
import { PRIORITY_WEIGHTS, readWeights } from "@shared/scheduling/input/weights.ts";
import { completeConstraints } from "@shared/schemas/constraints.ts";
import { GROUP } from "@shared/schemas/group.ts";
import { kindOf } from "@shared/schemas/kinds.ts";
import { PARTICIPANT_INPUT } from "@shared/schemas/participant.ts";
import { SCHEDULE_REQUEST } from "../../supabase/functions/schedule/request.ts";
import { tableRows } from "../support/page_tables.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/schedule.md", import.meta.url));

/** Checked by hand, one interval at a time, so no schema names them. */
const BUSY = ["start", "end", "tentative", "timezone"].map((name) =>
  `participants[].busy[].${name}`
);

interface Definition {
  type: string;
  shape?: Record<string, Schema>;
  innerType?: Schema;
  element?: Schema;
  in?: Schema;
  options?: Schema[];
  valueType?: Schema;
}

interface Schema {
  _zod: { def: unknown };
}

/** Which of the two an item is shows in its fields, so no schema has both. Members have the fields of participants. */
const PARTICIPANT_PATHS = [PARTICIPANT_INPUT, GROUP]
  .flatMap((schema) => pathsOf(schema, "participants[]"))
  .filter((path) => path !== "participants[]" && !path.startsWith("participants[].any_of[]"));

/** Every path that a schema takes: `participants[].buffer.before`. */
function pathsOf(schema: Schema, path = ""): string[] {
  const same = kindOf(schema as Parameters<typeof kindOf>[0])?.same_as;
  if (same !== undefined) return pathsOf(same, path);
  const def = schema._zod.def as Definition;
  const own = path === "" ? [] : [path];
  switch (def.type) {
    case "object": {
      const fields = Object.entries(def.shape ?? {});
      return [
        ...own,
        ...fields.flatMap(([name, field]) =>
          pathsOf(field, path === "" ? name : `${path}.${name}`)
        ),
      ];
    }
    case "array": {
      const inside = def.element === undefined ? [] : pathsOf(def.element, `${path}[]`);
      return [...own, ...inside.filter((one) => one !== `${path}[]`)];
    }
    case "record": {
      const inside = def.valueType === undefined ? [] : pathsOf(def.valueType, `${path}.*`);
      return [...own, ...inside.filter((one) => one !== `${path}.*`)];
    }
    case "union":
      return [...new Set((def.options ?? []).flatMap((option) => pathsOf(option, path)))];
    case "optional":
    case "nullable":
      return def.innerType === undefined ? own : pathsOf(def.innerType, path);
    case "pipe":
      return def.in === undefined ? own : pathsOf(def.in, path);
    default:
      return own;
  }
}

Deno.test("docs/schedule.md has every field of the request of schedule, and no other", () => {
  const told = tableRows(PAGE, "The request").flatMap(({ paths }) => paths);
  assert.deepEqual([...new Set(told)].length, told.length, "a field is listed twice");
  const taken = [...new Set([...pathsOf(SCHEDULE_REQUEST), ...PARTICIPANT_PATHS, ...BUSY])];
  assert.ok(taken.includes("participants[].preferences.event_categories.*.preferred_days"));
  assert.deepEqual(told.toSorted(), taken.toSorted());
});

Deno.test("docs/schedule.md has the defaults of the code", () => {
  const defaults = completeConstraints({}, new Date("2030-01-07T00:00:00Z"));
  const rows = tableRows(PAGE, "The request");
  for (const [name, value] of Object.entries(defaults)) {
    if (typeof value === "object" || name.endsWith("_date")) continue;
    const row = rows.find(({ paths }) => paths.includes(`constraints.${name}`));
    assert.equal(row?.cells[0], `\`${value}\``, name);
  }
});

Deno.test("docs/schedule.md shows requests that are accepted", () => {
  const curls = [...PAGE.matchAll(/-d '(\{[^']*\})'/g)].map(([, body]) => JSON.parse(body!));
  assert.equal(curls.length, 6);
  for (const body of curls) assert.ok(SCHEDULE_REQUEST.safeParse(body).success);
});

Deno.test("docs/schedule.md tells the weights of every priority", () => {
  const rows = tableRows(PAGE, "How a slot is chosen");
  for (const [priority, weights] of Object.entries(PRIORITY_WEIGHTS)) {
    const row = rows.find(({ paths }) => paths[0] === priority);
    assert.equal(row?.cells[0], Object.values(weights).join(", "), priority);
  }
  const example = '`{"optimization": 50}` means 18.4, 13.2, 10.5, 7.9 and 50';
  assert.ok(PAGE.replaceAll(/\s+/g, " ").includes(example));
  assert.deepEqual(Object.values(readWeights({ optimization: 50 })), [184, 132, 105, 79, 500]);
});
