import { call } from "./call.ts";
import { connect } from "./connect.ts";

/** Setting `anonymous_users_allowed`: whether users who signed in anonymously may do what others may. */
export function anonymousUsersAllowed(): Promise<boolean> {
  return call(connect(), "anonymous_users_allowed", {});
}
