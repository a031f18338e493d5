import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pages, prose, read, repository } from './repository.js';

interface Link {
  readonly target: string;
  readonly anchor: string | null;
}

/** Links of a page that stay in the repository, as paths from its root. */
function relativeLinks(page: string): Link[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, href = '']) => href)
    .filter((href) => !/^[a-z]+:/i.test(href))
    .map((href) => {
      const [path = '', anchor = null] = href.split('#');
      return { target: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });
}

/** The anchors that headings get, as code hosts make them. */
function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(pages())('%s', (page) => {
  it('links only to what is there', () => {
    const broken = relativeLinks(page).filter(({ target, anchor }) => {
      if (!existsSync(join(repository, target))) return true;
      return anchor !== null && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only commands of npm run that exist', () => {
    const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });
});

it('finds the pages that matter', () => {
  expect(pages()).toEqual(
    expect.arrayContaining(['README.md', 'docs/compatibility.md', 'apps/agent/README.md']),
  );
});

it('the README has the two lines for a newcomer, in one block', () => {
  expect(read('README.md')).toContain('```sh\nnpm ci && npm start\nnpm ci && npm test\n```');
});

it('every document is reached from the README or from another document', () => {
  const linked = new Set(pages().flatMap((page) => relativeLinks(page).map(({ target }) => target)));
  const documents = pages().filter((page) => page.startsWith('docs/'));
  expect(documents.filter((page) => !linked.has(page))).toEqual([]);
});
