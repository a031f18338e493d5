import type { RegistrationKind } from '../store.js';

/** Names of what operations read and change, for their order. */

export const ofSession = (key: string): string => `session ${key}`;
export const ofServer = (id: string): string => `server ${id}`;
/** All of a kind: one may hold the unique name that another wants. */
export const ofRegistrations = (kind: RegistrationKind): string => `registrations ${kind}`;
export const ofSecret = (name: string): string => `secret ${name}`;
