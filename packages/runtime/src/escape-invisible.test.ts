import fc from 'fast-check';
import { escapeInvisible } from './escape-invisible.js';
import { createLog } from './log.js';

const invisible = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u;

it('loses nothing and leaves nothing invisible', () => {
  const text = fc.string({ unit: 'binary' });
  const nasty = fc.constantFrom('\u202e', '\u2028', '\u0085', '\u{e0041}', '\ufeff', '\u001b[31m', '\n');
  fc.assert(
    fc.property(fc.array(fc.oneof(text, nasty)), (parts) => {
      const value = parts.join('');
      const json = escapeInvisible(JSON.stringify(value));
      expect(json).not.toMatch(invisible);
      expect(JSON.parse(json)).toBe(value);
    }),
  );
});

it('is what the log does with what hosts and clients call themselves', () => {
  const lines: string[] = [];
  const log = createLog({
    name: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  log.info({ owner: 'a\u202eb\u0085\u2028' }, 'adopted \u009b31m');
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(invisible);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(lines[0]!)).toMatchObject({ owner: 'a\u202eb\u0085\u2028', msg: 'adopted \u009b31m' });
});
