import type { Rectangle, Size } from '../picture/picture.js';

const MAX_SIDE_PX = 16_384;
const MAX_HEADS = 4;

/** The heads of `800x600+0+0,1024x768+800+0`; without an offset a head is at the left top. Null if it is no such text. */
export function parseLayout(text: string): readonly Rectangle[] | null {
  const heads = text
    .split(',')
    .map((head) => /^(\d{1,5})x(\d{1,5})(?:([+-]\d{1,5})([+-]\d{1,5}))?$/.exec(head.trim()));
  const rectangles: Rectangle[] = [];
  for (const head of heads) {
    if (!head) return null;
    const [width = 0, height = 0, x = 0, y = 0] = head.slice(1).map((part) => Number(part ?? 0));
    if (width < 1 || height < 1 || width > MAX_SIDE_PX || height > MAX_SIDE_PX) return null;
    rectangles.push({ width, height, x, y });
  }
  return rectangles.length <= MAX_HEADS ? rectangles : null;
}

export function formatLayout(heads: readonly Rectangle[]): string {
  const offset = (value: number): string => (value < 0 ? String(value) : `+${value}`);
  return heads.map(({ width, height, x, y }) => `${width}x${height}${offset(x)}${offset(y)}`).join(',');
}

/** Moves all heads so that the leftmost and topmost are at 0: an X screen has no negative places. */
export function normalized(heads: readonly Rectangle[]): readonly Rectangle[] {
  const left = Math.min(...heads.map(({ x }) => x));
  const top = Math.min(...heads.map(({ y }) => y));
  return heads.map((head) => ({ ...head, x: head.x - left, y: head.y - top }));
}

/** The size of a screen that holds all heads of a normalized layout. */
export function boundingSize(heads: readonly Rectangle[]): Size {
  return {
    width: Math.max(...heads.map(({ x, width }) => x + width)),
    height: Math.max(...heads.map(({ y, height }) => y + height)),
  };
}
