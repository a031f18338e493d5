/** Everything a permissions file can grant (DCV administrator guide, "Working with permissions files"). */
export const FEATURES = [
  'audio-in',
  'audio-out',
  'clipboard-copy',
  'clipboard-paste',
  'display',
  'extensions-client',
  'extensions-server',
  'file-download',
  'file-upload',
  'gamepad',
  'keyboard',
  'keyboard-sas',
  'mouse',
  'pointer',
  'printer',
  'screenshot',
  'smartcard',
  'stylus',
  'touch',
  'unsupervised-access',
  'usb',
  'webcam',
  'webauthn-redirection',
] as const;

export type Feature = (typeof FEATURES)[number];

/** Names that stand for several features: `builtin` is all of them, the other is used by the guide's own sample. */
const BUILT_IN_GROUPS: Readonly<Record<string, readonly Feature[]>> = {
  builtin: FEATURES,
  'clipboard-management': ['clipboard-copy', 'clipboard-paste'],
};

/** The features a name of the grammar stands for, or null if the grammar does not know it. */
export function featuresNamed(name: string): readonly Feature[] | null {
  const group = Object.hasOwn(BUILT_IN_GROUPS, name) ? BUILT_IN_GROUPS[name] : undefined;
  if (group) return group;
  const one = FEATURES.find((feature) => feature === name);
  return one ? [one] : null;
}
