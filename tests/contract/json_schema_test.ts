import assert from "node:assert/strict";
import * as z from "zod/mini";
import { withJsonSchema } from "@shared/schemas/json_schema.ts";
import { component, described } from "../../local/contract/components.ts";
import { JsonSchemas } from "../../local/contract/json_schema.ts";

const SHORT = withJsonSchema(z.string().check(z.refine((text) => text.length < 4)), {
  type: "string",
  maxLength: 3,
});

Deno.test("a value that only code checks has no JSON Schema unless one is given beside it", () => {
  const odd = z.number().check(z.refine((value) => value % 2 === 1));
  assert.throws(
    () => new JsonSchemas().of(z.strictObject({ odd }), "input"),
    /A number is checked by code and has no JSON Schema/,
  );
  assert.deepEqual(new JsonSchemas().of(SHORT, "input"), { type: "string", maxLength: 3 });
});

Deno.test("a further check keeps the JSON Schema, and a sentence is added to it", () => {
  const further = SHORT.check(z.refine((text) => text !== "no"));
  assert.deepEqual(
    new JsonSchemas().of(z.strictObject({ further: described(further, "Short.") }), "input"),
    {
      type: "object",
      properties: { further: { type: "string", maxLength: 3, description: "Short." } },
      required: ["further"],
      additionalProperties: false,
    },
  );
  assert.deepEqual(new JsonSchemas().of(SHORT, "input"), { type: "string", maxLength: 3 });
});

Deno.test("what is transformed is described as callers send it", () => {
  const sent = z.strictObject({ name: z.optional(SHORT) });
  const request = z.pipe(sent, z.transform(({ name }) => ({ title: name })));
  const { properties } = new JsonSchemas().of(request, "input");
  assert.deepEqual(properties, { name: { type: "string", maxLength: 3 } });
});

Deno.test("a component is written once and referred to, also from the schema that stands for another", () => {
  const inner = component("InnerOfATest", z.strictObject({ name: SHORT }));
  const stands_for_it = withJsonSchema(
    z.pipe(z.unknown(), z.transform((value) => value)),
    z.union([z.string(), inner]),
  );
  const schemas = new JsonSchemas();
  const outer = schemas.of(z.strictObject({ one: stands_for_it, other: inner }), "input");
  const reference = { $ref: "#/components/schemas/InnerOfATest" };
  assert.deepEqual(outer.properties, {
    one: { anyOf: [{ type: "string" }, reference] },
    other: reference,
  });
  assert.deepEqual([...schemas.components.keys()], ["InnerOfATest"]);
});

Deno.test("two schemas cannot have one name", () => {
  const one = component("TwiceInATest", z.strictObject({ name: z.string() }));
  const other = component("TwiceInATest", z.strictObject({ name: z.number() }));
  const schemas = new JsonSchemas();
  schemas.of(one, "output");
  assert.throws(() => schemas.of(other, "output"), /Two schemas have the name TwiceInATest/);
});
