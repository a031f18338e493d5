import fc from 'fast-check';
import { ReadyJson, toJson } from './ready-json.js';

const ready = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

it('writes what JSON.stringify would, whichever fields are ready', () => {
  const fields = fc.dictionary(
    fc.string({ unit: 'grapheme' }),
    fc.option(fc.jsonValue(), { nil: undefined }),
  );
  fc.assert(
    fc.property(fields, fc.func(fc.boolean()), (object, isReady) => {
      const mixed = Object.fromEntries(
        Object.entries(object).map(([name, value]) => [
          name,
          value !== undefined && isReady(name) ? ReadyJson.value(ready(value)) : value,
        ]),
      );
      expect(toJson(mixed).toString()).toBe(JSON.stringify(object));
    }),
  );
});

it('makes arrays of ready values', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      expect(toJson({ a: ReadyJson.array(values.map(ready)) }).toString()).toBe(
        JSON.stringify({ a: values }),
      );
    }),
  );
});
