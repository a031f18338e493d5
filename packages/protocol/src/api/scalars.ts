import { z } from 'zod';

/**
 * Wire scalars. The description clients are generated from gives formats (int64, float, date-time) that
 * JSON itself does not have; `wire` carries them into the OpenAPI document.
 */

/** Text that can be stored and logged as it is: no lone surrogates and no NUL. */
export const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => !value.includes('\0'), 'must not contain a NUL character');

/** Text for people and for the `dcv` command: one line, and never mistaken for an option. */
export const label = (maxLength: number) =>
  text(maxLength)
    .min(1, 'must not be empty')
    .refine((value) => !hasControlCharacter(value), 'must not contain control characters')
    .refine((value) => !value.startsWith('-'), 'must not start with "-"');

function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

export const int64 = () => z.int().meta({ wire: { type: 'integer', format: 'int64' } });
export const int32 = () => z.int().meta({ wire: { type: 'integer', format: 'int32' } });
export const float = () => z.number().meta({ wire: { type: 'number', format: 'float' } });

/** ISO 8601 with a zone, as `2026-01-31T09:00:00.000Z`. */
export const dateTime = () =>
  z.iso.datetime({ offset: true }).meta({ wire: { type: 'string', format: 'date-time' } });

/** A boolean; generated clients whose description has the default `"false"` send the text instead. */
export const flag = () =>
  z
    .union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')], {
      error: 'must be true or false',
    })
    .meta({ wire: { type: 'boolean' } });

/** Standard base64 (RFC 4648 section 4) of at most `maxBytes` bytes. */
export const base64 = (maxBytes: number) =>
  text(Math.ceil(maxBytes / 3) * 4)
    .refine((value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0, 'must be valid base64')
    // Not `format: byte`: generated clients would then encode what their users have encoded already.
    .meta({ wire: { type: 'string' } });
