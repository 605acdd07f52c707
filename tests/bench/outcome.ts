/** What one benchmark ended with. */
export interface Outcome {
  name: string;
  seconds: number;
  met: number;
  not_met: number;
  /** Of its process; 0 with every goal met. */
  code: number;
}

/** Counts the goals in what a benchmark printed. */
export function outcomeOf(name: string, output: string, code: number, seconds: number): Outcome {
  const verdicts = output.match(/\b(?:NOT MET|met)\b(?=\s*(?:\||$))/gm) ?? [];
  const not_met = verdicts.filter((word) => word === "NOT MET").length;
  return { name, seconds, met: verdicts.length - not_met, not_met, code };
}

/** As Markdown, a line a benchmark. One that ended with an error and missed no goal did not run to its end. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ name, seconds, met, not_met, code }) => {
    const result = code !== 0 && not_met === 0
      ? `FAILED with code ${code}`
      : not_met > 0
      ? "NOT MET"
      : met > 0
      ? "met"
      : "no goal";
    return `| ${name} | ${elapsedText(seconds)} | ${met} | ${not_met} | ${result} |`;
  });
  return [
    "| benchmark | time | goals met | goals not met | |",
    "| --- | --: | --: | --: | --- |",
    ...lines,
  ].join("\n");
}

export function elapsedText(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}
