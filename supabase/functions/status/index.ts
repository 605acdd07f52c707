import { connect } from "@shared/database/connect.ts";
import { edgeFunction } from "@shared/http/edge_function.ts";
import { statusHandler } from "./handler.ts";

export default edgeFunction(["user", "secret:*"], () => statusHandler({ database: connect() }));
