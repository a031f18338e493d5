import { boundingSize, formatLayout, normalized, parseLayout } from './layout.js';

describe('display layouts', () => {
  it('are read as the dcv command writes them', () => {
    expect(parseLayout('800x600')).toEqual([{ width: 800, height: 600, x: 0, y: 0 }]);
    expect(formatLayout(parseLayout('800x600+0+0,1024x768-1024+10') ?? [])).toBe(
      '800x600+0+0,1024x768-1024+10',
    );
  });

  it.each(['', '800', '0x600', '800x600+1', '99999x1', '800x600,', '1x1,1x1,1x1,1x1,1x1'])(
    '%j is none',
    (text) => {
      expect(parseLayout(text)).toBeNull();
    },
  );

  it('start at the left top and are as large as what they hold', () => {
    const heads = normalized(parseLayout('800x600+0+0,1024x768-1024+10') ?? []);
    expect(formatLayout(heads)).toBe('800x600+1024+0,1024x768+0+10');
    expect(boundingSize(heads)).toEqual({ width: 1824, height: 778 });
  });
});
