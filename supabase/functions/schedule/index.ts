import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { openGoogle } from "@shared/connections/open_google.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { log } from "@shared/http/log.ts";
import { encodeProfile } from "@shared/scheduling/input/profile_text.ts";
import { learnProfile } from "@shared/scheduling/learn_profile.ts";
import { scheduleHandler } from "./handler.ts";

export default edgeFunction(["user", "secret:*"], (env) => {
  const database = connect();
  const now = () => new Date();
  return scheduleHandler({
    database,
    now,
    inBackground,
    log,
    learnProfile: (events, at) => encodeProfile(learnProfile(events, at)),
    ...openGoogle(env, database, now),
  });
}, anonymousUsersAllowed);
