import type { ServerProperty } from './properties.js';

/** What a comparison looks at. Tag keys are `[A-Za-z_][A-Za-z0-9_]*` or `dcv:[A-Za-z0-9_-]+`. */
export type Subject =
  | { readonly kind: 'tag'; readonly key: string }
  | { readonly kind: 'server'; readonly property: ServerProperty };

export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
}

/** Always finite: numbers too large for a double are refused by the parser. */
export interface NumberValue {
  readonly kind: 'number';
  readonly number: number;
}

export type Value = TextValue | NumberValue;

export type EqualityOperator = '=' | '!=';
export type OrderOperator = '<' | '<=' | '>' | '>=';
export type ContainsOperator = ':=';
export type Operator = EqualityOperator | OrderOperator | ContainsOperator;

/** `:=` takes text only, so a tree that looks for a number inside text cannot be written down. */
export type Comparison = { readonly kind: 'comparison'; readonly subject: Subject } & (
  | { readonly operator: EqualityOperator | OrderOperator; readonly value: Value }
  | { readonly operator: ContainsOperator; readonly value: TextValue }
);

export type Operands = readonly [Requirement, Requirement, ...Requirement[]];

/**
 * A parsed requirement. `a and b and c` is one node with three operands; parentheses the user wrote around a list are
 * kept as a nested node, so a tree says exactly what its text said.
 */
export type Requirement =
  | { readonly kind: 'and'; readonly operands: Operands }
  | { readonly kind: 'or'; readonly operands: Operands }
  | { readonly kind: 'not'; readonly operand: Requirement }
  | Comparison;
