import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { log } from "@shared/http/log.ts";
import { writeBackHandler } from "./handler.ts";

export default edgeFunction(["user", "secret:*"], (env) => {
  const database = connect();
  const now = () => new Date();
  const report = (thrown: unknown, meeting_id: string) =>
    log("error", "write_back_failed", { meeting_id, error: String(thrown) });
  const google = openGoogle(env, database, now);
  return writeBackHandler({ database, now, inBackground, report, ...google });
}, anonymousUsersAllowed);
