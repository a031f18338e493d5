import { z } from 'zod';

const ServerInTrouble = z.object({
  id: z.string(),
  hostname: z.string(),
  ip: z.string(),
  /** Since the link was lost, or this broker started without one; null: it is linked. */
  unreachableSeconds: z.int().min(0).nullable(),
  /** Why DCV does not answer its agent; null: it does, or nobody knows. */
  dcvProblem: z.string().nullable(),
});
export type ServerInTrouble = z.infer<typeof ServerInTrouble>;

/** What `dcv-session-manager-broker doctor` asks of a running broker besides its status. */
export const FleetHealth = z.object({
  servers: z.int().min(0),
  inTrouble: z.array(ServerInTrouble),
  /** Why the store did not answer; null: it did. */
  storeProblem: z.string().nullable(),
});
export type FleetHealth = z.infer<typeof FleetHealth>;
