import type { SourceFile } from "./import_graph.ts";

/**
 * The import cycles among these files, `import type` included: each as the sorted paths of the files
 * that reach each other. Empty if there is none.
 */
export function cycles(files: readonly SourceFile[]): string[][] {
  const targets = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target }) => target === undefined ? [] : [target]),
    ]),
  );
  // Tarjan's strongly connected components; without recursion, because chains of imports are long.
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const on_stack = new Set<string>();
  const found: string[][] = [];
  for (const root of targets.keys()) {
    if (index.has(root)) continue;
    const visits = [{ path: root, next: 0 }];
    while (visits.length > 0) {
      const visit = visits.at(-1)!;
      const { path } = visit;
      if (!index.has(path)) {
        low.set(path, index.size);
        index.set(path, index.size);
        stack.push(path);
        on_stack.add(path);
      }
      const target = targets.get(path)![visit.next++];
      if (target !== undefined) {
        if (!targets.has(target)) continue;
        if (!index.has(target)) visits.push({ path: target, next: 0 });
        else if (on_stack.has(target)) lower(low, path, index.get(target)!);
        continue;
      }
      visits.pop();
      const parent = visits.at(-1);
      if (parent !== undefined) lower(low, parent.path, low.get(path)!);
      if (low.get(path) !== index.get(path)) continue;
      const component = stack.splice(stack.indexOf(path));
      for (const member of component) on_stack.delete(member);
      const imports_itself = targets.get(path)!.includes(path);
      if (component.length > 1 || imports_itself) found.push(component.sort());
    }
  }
  return found.sort();
}

function lower(low: Map<string, number>, path: string, to: number): void {
  low.set(path, Math.min(low.get(path)!, to));
}
