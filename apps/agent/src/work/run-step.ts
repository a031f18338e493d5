import type { Outcome } from '@dcvsm/protocol';
import { executors, type ExecutorContext } from './executors.js';
import type { Step } from './steps.js';

/** Carries out one step; null means that the next one is due. */
export function runStep(step: Step, context: ExecutorContext): Promise<Outcome | null> {
  const execute = executors[step.kind] as (step: Step, context: ExecutorContext) => Promise<Outcome | null>;
  return execute(step, context);
}
