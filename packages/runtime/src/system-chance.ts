import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids, Random } from './chance.js';

export function systemIds(): Ids {
  return { uuid: () => randomUUID(), secret: (bytes) => randomBytes(bytes).toString('base64url') };
}

export function systemRandom(): Random {
  return { next: () => Math.random() };
}
