import { chmod, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { Demo } from './start-demo.js';

/** Fills most of the screen with one colour that the stand-in's own wallpaper does not have. */
const RED_WINDOW = `#!/bin/sh
exec xterm -bg '#ff0000' -fg '#ffffff' -fn 10x20 -geometry 100x30+0+0 -T "$1" -e sleep 1000
`;

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}

const hasDisplay = (isInstalled('Xvnc') || isInstalled('Xvfb')) && isInstalled('xterm');
const onRealDisplay = hasDisplay || process.env['CI'] !== undefined ? it : it.skip;
if (!hasDisplay) process.stderr.write('skipped: the picture test needs Xvnc or Xvfb, and xterm\n');

function redPart(png: PNG): number {
  let red = 0;
  for (let at = 0; at < png.data.length; at += 4) {
    const [r = 0, g = 0, b = 0] = png.data.subarray(at, at + 3);
    if (r > 200 && g < 60 && b < 60) red += 1;
  }
  return red / (png.width * png.height);
}

onRealDisplay("shows an autorun program's window in the session's picture", async () => {
  await using demo = await Demo.start();
  const { autorunFolder } = demo.fleet.host('host-1').files;
  await writeFile(join(autorunFolder, 'red.sh'), RED_WINDOW);
  await chmod(join(autorunFolder, 'red.sh'), 0o755);

  const session = await demo.create({
    Requirements: "tag:color = 'pink'",
    AutorunFile: 'red.sh',
    AutorunFileArguments: ["it's one; $(true) `argument`"],
  });
  await demo.reaches(session.Id, 'READY');
  const picture = await demo.eventually('the window to be seen', async () => {
    const { SuccessfulList } = await demo.client.getSessionScreenshots([
      { SessionId: session.Id, MaxWidth: 640, MaxHeight: 480 },
    ]);
    const data = SuccessfulList[0]?.SessionScreenshot.Images[0]?.Data ?? '';
    const png = PNG.sync.read(Buffer.from(data, 'base64'));
    return redPart(png) > 0.3 ? png : null;
  });
  expect(picture.width).toBeLessThanOrEqual(640);
  expect(picture.height).toBeLessThanOrEqual(480);
});
