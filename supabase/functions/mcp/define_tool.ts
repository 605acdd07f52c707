import * as z from "zod/mini";
import { validate } from "@shared/http/request.ts";
import type { InputSchema, Tool, ToolContext, ToolResult } from "./tool.ts";

/**
 * A tool whose arguments have a schema: what clients see of them and what is refused come from the same. `run` gets the
 * arguments as they were given, because the function that it passes them to reads them itself.
 */
export function defineTool<Input extends z.ZodMiniType>(
  { input, run, ...tool }: Omit<Tool, "inputSchema" | "run"> & {
    input: Input;
    run(given: z.input<Input>, context: ToolContext): Promise<ToolResult>;
  },
): Tool {
  let schema: InputSchema | undefined;
  return {
    ...tool,
    inputSchema: () => schema ??= toInputSchema(input),
    run: (given = {}, context) => {
      validate(given, input);
      return run(given as z.input<Input>, context);
    },
  };
}

function toInputSchema(input: z.ZodMiniType): InputSchema {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return { ...schema, type: "object" };
}
