// Measures the list of guests beside a plain table of the same 10,000, in turn, in the same Chromium: the time from data to
// painted rows, the longest wait for a key in the filter, and frames that were dropped while scrolling a list that lives.
// Prints one line of JSON. It must not judge: whoever calls it does.

import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { userInfo } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'

const DIST = fileURLToPath(new URL('../../bench/dist', import.meta.url))
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }
const TABLES = ['nexus', 'plain']
/** What is typed; the last guests have it in their names. */
const WORDS = 'guest-099'
/** Pixels a second, and how far. */
const SCROLL = { speed: 1500, distance: 9000 }

/** Serves the built page on loopback. */
async function serve() {
  const server = createServer((request, answer) => {
    const name = path.normalize(new URL(request.url ?? '/', 'http://x').pathname)
    const file = path.join(DIST, name === '/' ? 'index.html' : name)
    try {
      const content = readFileSync(file)
      answer.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(content)
    } catch {
      answer.writeHead(404).end()
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }
}

/** What Chromium's tracing says of the frames while `work` runs. */
async function frames(browser, page, work) {
  await browser.startTracing(page, { categories: ['cc', 'benchmark'] })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString())
  const reports = traceEvents.flatMap(({ name, args }) => (name === 'PipelineReporter' && args?.frame_reporter ? [args.frame_reporter] : []))
  // A frame in which nothing had to be drawn is neither shown nor dropped.
  const wanted = reports.filter(({ state }) => state !== 'STATE_NO_UPDATE_DESIRED')
  const dropped = wanted.filter(({ state }) => state === 'STATE_DROPPED').length
  return { frames: wanted.length, dropped, blank: wanted.filter(report => report.has_missing_content).length }
}

async function type(page) {
  const field = page.getByRole('searchbox').or(page.getByRole('combobox')).first()
  await field.click()
  await page.evaluate(() => {
    const waits = []
    Object.assign(window, { waits })
    document.addEventListener(
      'keydown',
      ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => waits.push(performance.now() - timeStamp))),
      { capture: true },
    )
  })
  // All at once: a list that is busy must still take every key, in order.
  await Promise.all(Array.from(WORDS, key => page.keyboard.press(key)))
  await page.waitForFunction(count => window.waits.length >= count, WORDS.length)
  const waits = await page.evaluate(() => window.waits)
  return { key_ms: Math.max(...waits), typed: await field.inputValue() }
}

async function run(browser, origin, table) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(60_000)
  await page.goto(`${origin}/?table=${table}`)
  const paint_ms = await page.evaluate(() => window.show())
  const session = await page.context().newCDPSession(page)
  const box = await page.locator('table').first().boundingBox()
  const at = { x: (box?.x ?? 0) + 400, y: 500 }
  await page.evaluate(() => window.live(true))
  const seen = await frames(browser, page, async () => {
    await session.send('Input.synthesizeScrollGesture', { ...at, yDistance: -SCROLL.distance, speed: SCROLL.speed, preventFling: true, gestureSourceType: 'mouse' })
  })
  await page.evaluate(() => window.live(false))
  const keys = await type(page)
  await page.close()
  return { paint_ms, ...keys, ...seen }
}

const rounds = Number(process.argv[2] ?? 5)
const { origin, stop } = await serve()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromiumSandbox: userInfo().uid !== 0,
  args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const results = { nexus: [], plain: [] }
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const table of round % 2 === 0 ? TABLES : [...TABLES].reverse()) {
      const one = await run(browser, origin, table)
      results[table].push(one)
      console.log(`${table}: ${JSON.stringify(one)}`)
    }
  }
} finally {
  await browser.close()
  stop()
}
console.log(JSON.stringify({ rounds, guests: 10_000, words: WORDS, chromium: browser.version(), ...results }))
