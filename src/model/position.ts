/** A place in a source file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong, or doubtful, in a source file. */
export interface Problem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly at: Position;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** `policies/db.yaml:14:9 error POLICY_UNKNOWN_KEY unknown key "wen"; did you mean "when"?` */
export function formatProblem(problem: Problem): string {
  const { at, severity, code, message, hint } = problem;
  return `${at.file}:${at.line}:${at.column} ${severity} ${code} ${message}${hint ? `; ${hint}` : ''}`;
}

/** Problems in reading order, each once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...seen.values()].sort(
    (a, b) =>
      (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column,
  );
}
