import { GoogleError } from "../contract/google_error.ts";
import { type HttpReply, type HttpRequest, jsonReply } from "../http/http_reply.ts";
import { ControlError } from "./control_error.ts";
import { control_routes, type WorldHold } from "./control_routes.ts";

/** The routes under /emulator/: what a test or a demo does to the emulated Google from outside. */
export function controlSurface(hold: WorldHold, request: HttpRequest): HttpReply {
  const path = request.url.pathname.replace(/^\/emulator\/?/, "");
  try {
    if (path === "") return jsonReply(200, { routes: [...control_routes.keys()] });
    const route = control_routes.get(`${request.method} ${path}`);
    if (route === undefined) {
      throw new ControlError(
        404,
        "unknown_route",
        `The control surface has no ${request.method} ${path}; GET /emulator lists what it has`,
      );
    }
    return jsonReply(200, route(hold, readInput(request), request.url.searchParams) ?? {});
  } catch (error) {
    if (error instanceof ControlError) {
      return jsonReply(error.status, { error: error.code, message: error.message });
    }
    if (error instanceof GoogleError) {
      return jsonReply(error.status, { error: error.item.reason, message: error.message });
    }
    throw error;
  }
}

function readInput(request: HttpRequest): unknown {
  if (request.body.trim() === "") return {};
  try {
    return JSON.parse(request.body);
  } catch {
    throw new ControlError(400, "invalid_json", "The body is not JSON");
  }
}
