import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { connect } from "@shared/database/connect.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { serve } from "@shared/http/serve.ts";
import { contractResponse, isContract } from "./contract.ts";
import { statusHandler } from "./handler.ts";

const forCallers = edgeFunction(
  ["user", "secret:*"],
  () => statusHandler({ database: connect() }),
  anonymousUsersAllowed,
);
// The contract is in the repository for everybody to read.
const forAnyone = serve(["none"], contractResponse);

export default {
  fetch: (request: Request) => isContract(request) ? forAnyone(request) : forCallers.fetch(request),
};
