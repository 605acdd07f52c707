/** Which calendars the address of a guest leads to: other addresses of an account, groups, rooms. */
export class Directory {
  readonly #aliases = new Map<string, string>();
  readonly #groups = new Map<string, readonly string[]>();
  readonly #rooms = new Set<string>();

  addAlias(alias: string, email: string): void {
    this.#aliases.set(alias, email);
  }
  /** Whether an address already belongs to something that is no account. */
  has(address: string): boolean {
    return this.#aliases.has(address) || this.#groups.has(address);
  }
  addGroup(email: string, members: readonly string[]): void {
    this.#groups.set(email, members.map((member) => this.home(member)));
  }
  addRoom(email: string): void {
    this.#rooms.add(email);
  }
  /** The account of an address: its own, or that of which it is an alias. */
  home(address: string): string {
    const lower = address.toLowerCase();
    return this.#aliases.get(lower) ?? lower;
  }
  /** The members of a group; undefined for any other address. */
  membersOf(address: string): readonly string[] | undefined {
    return this.#groups.get(address.toLowerCase());
  }
  /** The calendars that get a copy when this address is invited. */
  calendarsOf(address: string): readonly string[] {
    return this.membersOf(address) ?? [this.home(address)];
  }
  isRoom(email: string): boolean {
    return this.#rooms.has(email);
  }
}
