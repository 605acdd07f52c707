import type { EventField, GuestChange, NamedFields } from "@shared/database/event_fields.ts";

/** What changes after a version have named. */
export interface Named {
  has(field: EventField): boolean;
  /** Address in lower case -> what was named of this guest. */
  guests: ReadonlyMap<string, GuestChange>;
}

/** The fields that no version up to `version` has named for the last time: an event that shows it still lacks them. */
export function namedSince(named_fields: NamedFields, version: number): Named {
  const { guests = {}, ...fields } = named_fields;
  return {
    has: (field) => (fields[field] ?? 0) > version,
    guests: new Map(
      Object.entries(guests).flatMap(([email, { version: named, change }]) =>
        named > version ? [[email, change] as const] : []
      ),
    ),
  };
}

/** What a new list of guests names, each at `version` (private.guest_changes). */
export function guestChanges(
  before: readonly ListedGuest[],
  after: readonly ListedGuest[],
  version: number,
): NonNullable<NamedFields["guests"]> {
  const [earlier, later] = [before, after].map(descriptions) as [Listed, Listed];
  const changes: NonNullable<NamedFields["guests"]> = {};
  for (const email of new Set([...earlier.keys(), ...later.keys()])) {
    if (earlier.get(email) === later.get(email)) continue;
    const change = !earlier.has(email) ? "added" : later.has(email) ? "changed" : "removed";
    changes[email] = { version, change };
  }
  return changes;
}

interface ListedGuest {
  email: string;
  name?: string | undefined;
  type?: string | undefined;
}

type Listed = Map<string, string>;

function descriptions(list: readonly ListedGuest[]): Listed {
  return new Map(
    list.map(({ email, name, type = "required" }) => [
      email.toLowerCase(),
      JSON.stringify([name, type]),
    ]),
  );
}
