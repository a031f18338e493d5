import { z } from 'zod';

/** The body of every answer that is not 200. */
export const ErrorBody = z.strictObject({ error: z.string() }).meta({ id: 'ErrorBody' });
export type ErrorBody = z.infer<typeof ErrorBody>;
