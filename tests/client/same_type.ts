/** True where two unions have the same members, otherwise the members that only one of them has. */
export type SameMembers<One, Other> = [One] extends [Other]
  ? [Other] extends [One] ? true : { missing_in_first: Exclude<Other, One> }
  : { missing_in_second: Exclude<One, Other> };

/** Does not compile where two unions differ. */
export function oneOf<One, Other>(_same: SameMembers<One, Other>): void {}
