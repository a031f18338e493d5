export { compileRequirements, type RequirementSubject, type RequirementTest } from './compile.js';
export { MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH } from './limits.js';
export { parseRequirements, type ParsedRequirements } from './parse.js';
export { printRequirements } from './print.js';
export { describeProblem, type SyntaxProblem } from './problem.js';
export { SERVER_PROPERTIES, type ServerProperty } from './properties.js';
export type {
  Comparison,
  ContainsOperator,
  EqualityOperator,
  NumberValue,
  Operands,
  Operator,
  OrderOperator,
  Requirement,
  Subject,
  TextValue,
  Value,
} from './tree.js';
