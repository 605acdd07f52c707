import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { connect } from "@shared/database/connect.ts";
import { inBackground } from "@shared/http/background.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { notificationsConfiguration } from "@shared/notifications/configuration.ts";
import { resolveByDns } from "@shared/notifications/target_address.ts";
import { notifyHandler } from "./handler.ts";

export default edgeFunction(["secret:*"], (env) =>
  notifyHandler({
    database: connect(),
    configuration: notificationsConfiguration(env),
    fetch: globalThis.fetch,
    resolve: resolveByDns,
    now: () => new Date(),
    inBackground,
  }), anonymousUsersAllowed);
