/** Something in the configuration file that has to be put right before the agent starts. */
export interface ConfigProblem {
  readonly file: string;
  /** 1-based; absent when the problem is the file itself or a key that it does not set. */
  readonly line?: number;
  readonly key?: string;
  readonly problem: string;
  readonly remedy: string;
}

/** One line for the operator: `file:line: key problem; remedy`. */
export function formatProblem({ file, line, key, problem, remedy }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const subject = key === undefined ? '' : `${key} `;
  return `${place}: ${subject}${problem}; ${remedy}`;
}
