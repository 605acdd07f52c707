/** A search that cannot be answered as it was put. `path` names the field, `message` says what to write there. */
export class SchedulingInputError extends RangeError {
  override readonly name = "SchedulingInputError";
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}
