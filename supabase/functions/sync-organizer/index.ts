import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { syncOrganizerHandler } from "./handler.ts";

export default edgeFunction(["user", "secret:*"], (env) => {
  const database = connect();
  const now = () => new Date();
  return syncOrganizerHandler({ database, now, ...openGoogle(env, database, now) });
}, anonymousUsersAllowed);
