/** Whether the output is what a page prints, in which `...` stands for any text. */
export function isAsPrinted(printed: string, output: string): boolean {
  const parts = lines(printed).split("...").map((part) =>
    part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
  );
  return new RegExp(`^${parts.join("[^]*?")}$`).test(lines(output));
}

function lines(text: string): string {
  return text.split("\n").map((line) => line.trimEnd()).join("\n").trim();
}
