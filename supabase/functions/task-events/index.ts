import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { taskEventsHandler } from "./handler.ts";

export default edgeFunction(["user", "secret:*"], (env) => {
  const database = connect();
  const now = () => new Date();
  return taskEventsHandler({ database, now, inBackground, ...openGoogle(env, database, now) });
}, anonymousUsersAllowed);
