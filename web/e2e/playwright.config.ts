import { userInfo } from 'node:os'
import { defineConfig } from '@playwright/test'

// Chromium's sandbox refuses root, which is whom containers and CI run as.
const asRoot = userInfo().uid === 0

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results/runs',
  forbidOnly: true,
  // One world (Nexus, simulator, QEMU guests) at a time: two cores carry no more.
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list', { printSteps: false }]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    actionTimeout: 20_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      chromiumSandbox: !asRoot,
      args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
})
