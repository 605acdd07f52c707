import type { SameMembers } from "./same_type.ts";

/**
 * Where two types of JSON values differ, as paths (`.participants[].email`): a field that only one of them has, one that is
 * optional in one alone (`.name?`), and values that are not assignable both ways. Fields that may be undefined are left out of
 * JSON, so they are optional. Of a union of objects the fields of all members are compared, and assignability.
 */
export type Differences<One, Other, Path extends string = ""> = IsUnknown<One> extends true
  ? IsUnknown<Other> extends true ? never : Path
  : IsUnknown<Other> extends true ? Path
  : Same<Extract<One, null>, Extract<Other, null>> extends true
    ? PresentDifferences<NonNullable<One>, NonNullable<Other>, Path>
  : Path;

type PresentDifferences<One, Other, Path extends string> = [One] extends [readonly (infer Item)[]]
  ? [Other] extends [readonly (infer OtherItem)[]] ? Differences<Item, OtherItem, `${Path}[]`>
  : Path
  : IsUnion<One> extends true ? UnionDifferences<One, Other, Path>
  : IsUnion<Other> extends true ? UnionDifferences<One, Other, Path>
  : [One, Other] extends [object, object] ? FieldDifferences<One, Other, Path>
  : UnionDifferences<One, Other, Path>;

type FieldDifferences<One, Other, Path extends string> =
  | `${Path}.${(Exclude<keyof One, keyof Other> | Exclude<keyof Other, keyof One>) & string}`
  | {
    [Key in keyof One & keyof Other & string]-?: Same<
      IsOptional<One, Key>,
      IsOptional<Other, Key>
    > extends true
      ? Differences<Exclude<One[Key], undefined>, Exclude<Other[Key], undefined>, `${Path}.${Key}`>
      : `${Path}.${Key}?`;
  }[keyof One & keyof Other & string];

type UnionDifferences<One, Other, Path extends string> =
  [Same<Defined<One>, Defined<Other>>, Same<FieldsOf<One>, FieldsOf<Other>>] extends [true, true]
    ? never
    : Path;

type Same<One, Other> = SameMembers<One, Other> extends true ? true : false;
type IsUnknown<T> = unknown extends T ? true : false;
type IsOptional<T, Key extends keyof T> = Record<never, never> extends Pick<T, Key> ? true : false;
type FieldsOf<T> = T extends object ? keyof T : never;
type IsUnion<T, Whole = T> = [T] extends [never] ? false
  : T extends unknown ? [Whole] extends [T] ? false : true
  : never;
type Defined<T> = T extends readonly (infer Item)[] ? Defined<Item>[]
  : T extends object ? { [Key in keyof T]: Defined<Exclude<T[Key], undefined>> }
  : T;

/** Does not compile where two types differ at other paths than those of `known`, which says why they do. */
export function sameJson<One, Other>(_known: Record<Differences<One, Other>, string>): void {}
