import { configPaths, tokenFolder } from './config-paths.js';

const unix = { platform: 'linux', env: {}, homeFolder: '/home/a', programFolder: '/opt/dcvsm' } as const;
const windows = {
  platform: 'win32',
  env: { USERPROFILE: 'C:\\Users\\a', LOCALAPPDATA: 'D:\\Local' },
  homeFolder: 'C:\\home',
  programFolder: 'C:\\dcvsm',
} as const;

it.each([
  ['$XDG_CONFIG_HOME', { ...unix, env: { XDG_CONFIG_HOME: '/etc/a' } }, '/etc/a/dcvsmcli.conf'],
  ['~/.config without it', unix, '/home/a/.config/dcvsmcli.conf'],
  [
    '~/.config, not a relative one',
    { ...unix, env: { XDG_CONFIG_HOME: 'x' } },
    '/home/a/.config/dcvsmcli.conf',
  ],
  ['%UserProfile% on Windows', windows, 'C:\\Users\\a\\dcvsmcli.conf'],
  ['the home on Windows without it', { ...windows, env: {} }, 'C:\\home\\dcvsmcli.conf'],
])('looks in %s first', (_, places, expected) => {
  expect(configPaths(places)[0]).toBe(expected);
});

it('looks in the folder of the program last', () => {
  expect(configPaths(unix)).toEqual(['/home/a/.config/dcvsmcli.conf', '/opt/dcvsm/conf/dcvsmcli.conf']);
  expect(configPaths(windows)[1]).toBe('C:\\dcvsm\\conf\\dcvsmcli.conf');
});

it.each([
  [unix, '/home/a/.cache/dcvsm/tokens'],
  [{ ...unix, env: { XDG_CACHE_HOME: '/c' } }, '/c/dcvsm/tokens'],
  [windows, 'D:\\Local\\dcvsm\\tokens'],
  [{ ...windows, env: {} }, 'C:\\home\\AppData\\Local\\dcvsm\\tokens'],
])('keeps tokens in the cache of the user', (places, expected) => {
  expect(tokenFolder(places)).toBe(expected);
});
