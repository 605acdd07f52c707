/** True where two unions have the same members, otherwise the members that only one of them has. */
export type SameMembers<One, Other> = [One] extends [Other]
  ? [Other] extends [One] ? true : { missing_in_first: Exclude<Other, One> }
  : { missing_in_second: Exclude<One, Other> };

/** Does not compile where two unions differ. */
export function oneOf<One, Other>(_same: SameMembers<One, Other>): void {}

/**
 * True where the first type has the same fields as the second, and values that the second allows. `Loose`: fields whose
 * values are not compared, because the first has them as `unknown` or Json.
 */
export type Fits<Server, Client, Loose extends PropertyKey = never> =
  SameMembers<keyof Server, keyof Client> extends true
    ? { [Key in Exclude<keyof Server, Loose>]: Server[Key] } extends
      { [Key in Exclude<keyof Client, Loose>]: Client[Key] } ? true : "values differ"
    : SameMembers<keyof Server, keyof Client>;

/** Does not compile where the types differ. */
export function fits<Server, Client, Loose extends PropertyKey = never>(
  _fits: Fits<Server, Client, Loose>,
): void {}
