import { fitText } from '../fit-text.js';

/** A copy whose texts are as the wire allows, so that one odd fact cannot make a report invalid. */
export function fitTexts<T>(value: T): T {
  if (typeof value === 'string') return fitText(value) as T;
  if (Array.isArray(value)) return value.map(fitTexts) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fitTexts(inner as unknown)]),
  ) as T;
}
