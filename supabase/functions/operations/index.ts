import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { connect } from "@shared/database/connect.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { operationsHandler } from "./handler.ts";

export default edgeFunction(
  ["secret:*"],
  () => operationsHandler({ database: connect(), now: () => new Date() }),
  anonymousUsersAllowed,
);
