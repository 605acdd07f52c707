/** In every lost round another meeting took a slot. After ten of them the search is deferred. */
export const MAX_ROUNDS = 10;

/** Enough candidates for concurrent searches over the same people to find different ones in one round. */
export const CLAIMED_CANDIDATES = 40;
