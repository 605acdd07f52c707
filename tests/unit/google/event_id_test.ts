import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { eventId, meetRequestId } from "@shared/google/event_id.ts";

const KEY = "0A1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
const generations = fc.integer({ min: 1, max: 1_000_000 });

Deno.test("eventId() is convene, the key's 32 digits, g and the generation", () => {
  assert.equal(eventId(KEY, 1), "convene0a1b2c3d4e5f60718293a4b5c6d7e8f9g1");
  assert.equal(eventId(KEY.toLowerCase(), 12), "convene0a1b2c3d4e5f60718293a4b5c6d7e8f9g12");
});

Deno.test("eventId() uses only characters that Google accepts, in a length it accepts", () => {
  fc.assert(fc.property(fc.uuid(), generations, (key, generation) => {
    assert.match(eventId(key, generation), /^[a-v0-9]{5,1024}$/);
  }));
});

Deno.test("eventId() differs whenever key or generation differ", () => {
  const keys = fc.constantFrom(KEY, KEY.replace("f9", "f1"), KEY.replace("0A1b", "1A1b"));
  const small = fc.integer({ min: 1, max: 120 });
  fc.assert(fc.property(keys, small, keys, small, (key, generation, other, next) => {
    const is_same = key === other && generation === next;
    assert.equal(eventId(key, generation) === eventId(other, next), is_same);
  }));
});

Deno.test("meetRequestId() differs by key, generation and request", () => {
  const other = "ffffffff-4e5f-6071-8293-a4b5c6d7e8f9";
  const ids = [
    meetRequestId(KEY, 1),
    meetRequestId(KEY, 2),
    meetRequestId(KEY, 1, 2),
    meetRequestId(KEY, 11),
    meetRequestId(other, 1),
  ];
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(meetRequestId(KEY, 1), meetRequestId(KEY, 1, 1));
});

Deno.test("eventId() refuses what is no UUID and what is no generation", () => {
  for (const key of ["", "abc", `${KEY}0`, KEY.replace("a4", "w4"), KEY.replaceAll("-", "")]) {
    assert.throws(() => eventId(key, 1), TypeError);
  }
  for (const generation of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => eventId(KEY, generation), RangeError);
    assert.throws(() => meetRequestId(KEY, 1, generation), RangeError);
  }
});
