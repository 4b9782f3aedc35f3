/** Which browser on which system, as people call them; what is not known is null. */
export type Device = { browser: string | null; system: string | null; small: boolean }

/** The first that fits counts: nearly every browser also claims to be its forebears. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

export function deviceOf(userAgent: string): Device {
  const found = (known: [RegExp, string][]) => known.find(([sign]) => sign.test(userAgent))?.[1] ?? null
  const system = found(SYSTEMS)
  return { browser: found(BROWSERS), system, small: system === 'iPhone' || system === 'iPad' || system === 'Android' }
}
