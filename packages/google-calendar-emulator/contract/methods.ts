import type { Method } from "./discovery.ts";
import { facts } from "./facts.ts";
import type { SchemaName } from "./schemas.ts";

export interface MethodContract extends Method {
  readonly request?: SchemaName;
  readonly response?: SchemaName;
}

/** `events.insert` and the other methods of Google's, those that the emulator leaves out included. */
export type MethodName = keyof typeof facts.methods;

export const methods: Readonly<Record<MethodName, MethodContract>> = facts.methods;
