import { fitsXml } from './user-name.js';

it.each(['alice', 'LAB\\alice', `o'brien & <sons>`, 'žofie', '名前', '😀', ''])('%j fits', (user) => {
  expect(fitsXml(user)).toBe(true);
});

it.each(['a\0', 'a\u0001', 'a\tb', 'a\nb', 'a\r', '\uFFFE', '\uFFFF', '\uD800', 'a\uDC00b'])(
  '%j does not',
  (user) => {
    expect(fitsXml(user)).toBe(false);
  },
);
