/** Outlives the longest work on one event: a token refresh and a few requests of 20 s. */
export const LEASE_SECONDS = 120;

/** A reply of a guest between our look and our request makes a plan outdated; plan again, this often. */
export const MAX_PLANS = 4;

/** A request starts only while the lease surely outlives its answer. */
export const LAST_REQUEST_SECONDS = 60;
