import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { holidaysHandler } from "./handler.ts";

export default edgeFunction(["secret:*"], () =>
  holidaysHandler({
    database: connect(),
    now: () => new Date(),
    inBackground,
  }), anonymousUsersAllowed);
