import * as fc from "../../unit/fast_check.ts";
import type {
  Access,
  ChangeRequest,
  PeopleStep,
  Person,
  Scene,
  Step,
  SyncFault,
  WriteFault,
} from "./steps.ts";

const TEXT = fc.constantFrom("Budget", "Plan", "Retro");
const TIME = {
  hour: fc.integer({ min: 8, max: 20 }),
  zone: fc.constantFrom("Europe/Rome", "UTC", "America/New_York"),
};
const GUEST = fc.integer({ min: 0, max: 3 });
const GUESTS = fc.subarray([0, 1, 2, 3]);
const BY = fc.constantFrom<Person>("organizer", "organizer", "guest");
const CUT = fc.record({ count: fc.integer({ min: 0, max: 5 }), is_last_done: fc.boolean() });

/** What people and Convene do to one field. */
const FIELDS: readonly { edit: fc.Arbitrary<PeopleStep>; change: fc.Arbitrary<ChangeRequest> }[] = [
  { edit: edit("title"), change: fc.record({ title: TEXT }) },
  { edit: edit("place"), change: fc.record({ place: fc.constantFrom("Budget", "Plan", null) }) },
  { edit: edit("text"), change: fc.record({ text: TEXT }) },
  {
    edit: fc.record({
      do: fc.constant("reschedule" as const),
      by: BY,
      ...TIME,
      is_whole_day: fc.constantFrom(false, false, false, true),
    }),
    change: fc.oneof(fc.record(TIME), fc.record({ zone: TIME.zone })),
  },
  {
    edit: fc.record({ do: fc.constant("invite" as const), by: BY, present: GUESTS }),
    change: fc.record({ guests: GUESTS }),
  },
  {
    edit: fc.record({
      do: fc.constant("divide" as const),
      by: BY,
      weeks: fc.integer({ min: 1, max: 3 }),
    }),
    change: fc.record({ weeks: fc.constantFrom(0, 4, 6) }),
  },
];

function edit(field: "title" | "place" | "text"): fc.Arbitrary<PeopleStep> {
  return fc.record({
    do: fc.constant("edit" as const),
    by: BY,
    field: fc.constant(field),
    text: TEXT,
  });
}

function kind<Kind extends string>(name: Kind) {
  return fc.constant({ kind: name });
}

const REPLY: fc.Arbitrary<PeopleStep> = fc.record({
  do: fc.constant("reply" as const),
  guest: GUEST,
  answer: fc.constantFrom("accepted", "declined", "tentative"),
  comment: fc.constantFrom(null, "Late", "Remote"),
});

const MOVE = fc.constant({ do: "move" as const });
const DELETE = fc.constant({ do: "delete" as const });
const RESTORE = fc.constant({ do: "restore" as const });
const ACCESS = fc.constantFrom<Access>("none", "none", "reader", "writer");
const HAND_OVER = fc.record({ do: fc.constant("hand_over" as const), access: ACCESS });
const HAND_BACK = fc.record({ do: fc.constant("hand_back" as const), access: ACCESS });
const CANCEL = fc.constant({ do: "cancel" as const });

const WRITE_FAULT: fc.Arbitrary<WriteFault> = fc.oneof(
  { arbitrary: kind("none"), weight: 3 },
  fc.record({ kind: fc.constant("lost" as const), drop: fc.constantFrom("before", "after") }),
  kind("unavailable"),
  { arbitrary: fc.record({ kind: fc.constant("dies" as const), cut: CUT }), weight: 3 },
  {
    arbitrary: fc.record({
      kind: fc.constant("overtaken" as const),
      by: fc.oneof(
        REPLY,
        MOVE,
        DELETE,
        HAND_OVER,
        ...FIELDS.map(({ edit }) => edit),
      ),
    }),
    weight: 2,
  },
  fc.record({ kind: fc.constant("answered_late" as const), guest: GUEST }),
);

const SYNC_FAULT: fc.Arbitrary<SyncFault> = fc.oneof(
  { arbitrary: kind("none"), weight: 3 },
  kind("expired"),
  kind("lost"),
  kind("unavailable"),
  {
    arbitrary: fc.record({
      kind: fc.constant("dies" as const),
      cut: CUT,
      is_expired: fc.boolean(),
    }),
    weight: 2,
  },
);

const WRITE: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("write" as const),
  fault: WRITE_FAULT,
});
const SYNC: fc.Arbitrary<Step> = fc.record({ do: fc.constant("sync" as const), fault: SYNC_FAULT });
const OTHERS: fc.Arbitrary<Step> = fc.oneof(
  ...FIELDS.map(({ edit }) => edit),
  changeOf(fc.oneof(...FIELDS.map(({ change }) => change))),
  changeOf(fc.record({ title: TEXT, ...TIME, guests: GUESTS })),
  { arbitrary: MOVE, weight: 3 },
  HAND_OVER,
  HAND_BACK,
  DELETE,
  { arbitrary: RESTORE, weight: 2 },
  fc.record({
    do: fc.constant("push" as const),
    mode: fc.constantFrom("once", "lost", "twice", "held"),
  }),
  fc.record({
    do: fc.constant("release" as const),
    order: fc.constantFrom("sent", "reversed"),
  }),
);

function changeOf(change: fc.Arbitrary<ChangeRequest>): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constant("change" as const), change });
}

/** What a sequence is mostly about: what people do to the event, and what Convene is asked for. */
const THEMES: readonly { edit: fc.Arbitrary<Step>; change: fc.Arbitrary<Step> }[] = [
  ...FIELDS.map(({ edit, change }) => ({ edit, change: changeOf(change) })),
  {
    edit: fc.oneof(DELETE, RESTORE),
    change: fc.oneof(CANCEL, changeOf(fc.record({ title: TEXT }))),
  },
  {
    edit: fc.oneof(HAND_OVER, HAND_BACK, MOVE),
    change: fc.oneof(
      { arbitrary: changeOf(fc.record({ title: TEXT })), weight: 4 },
      { arbitrary: changeOf(fc.record({ guests: GUESTS })), weight: 2 },
      CANCEL,
    ),
  },
];

/** Up to `most` steps, most of which concern one theme. */
export function scenes(most: number): fc.Arbitrary<Scene> {
  return fc.record({
    percentage: fc.constantFrom(null, 60),
    steps: fc.oneof(...THEMES.map(({ edit, change }) =>
      fc.array(
        fc.oneof(
          { arbitrary: edit, weight: 4 },
          { arbitrary: change, weight: 4 },
          { arbitrary: WRITE, weight: 5 },
          { arbitrary: SYNC, weight: 4 },
          { arbitrary: REPLY, weight: 2 },
          { arbitrary: OTHERS, weight: 4 },
        ),
        { minLength: 1, maxLength: most, size: "max" },
      )
    )),
  });
}
