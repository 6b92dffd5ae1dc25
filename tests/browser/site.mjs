// The public site in a real browser: somebody finds an office, reads its week, follows a change to its proof; every type of page is
// accessible (axe, WCAG 2.1 AA) in both languages and colour schemes, fits 320 pixels, loads nothing from elsewhere, and is valid HTML.
//
//   node site.mjs SPORTELLO OUTPUT      the binary; the folder for pictures and pages
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [program, out] = process.argv.slice(2).map(path => resolve(path));
mkdirSync(out, { recursive: true });

const PAGES = {
  home: '/', search: '/cerca?q=anagrafe', province: '/province/LU', body: '/enti/comune-altolago', office: '/enti/comune-altolago/anagrafe',
  library: '/enti/comune-altolago/biblioteca', changes: '/variazioni', change: '/variazioni/1', today: '/oggi', sources: '/fonti',
  subscribe: '/iscriviti', how: '/come-funziona', privacy: '/privacy', volunteers: '/volontari', developers: '/sviluppatori', error: '/nulla',
};

const problems = [];
const folder = mkdtempSync(join(tmpdir(), 'sportello-browser-'));
const port = await new Promise(done => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); });
});
const base = `http://127.0.0.1:${port}`;
let service;
let browser;
try {
  const demo = spawnSync(program, ['demo', '--keep', folder], { encoding: 'utf8' });
  assert.equal(demo.status, 0, demo.stderr);
  // the town has a province here, so that its page can be looked at
  const sources = join(folder, 'sources.toml');
  writeFileSync(sources, readFileSync(sources, 'utf8').replace('kind = "comune"', 'kind = "comune"\nprovince = "LU"'));
  writeFileSync(join(folder, 'sportello.toml'), `[web]\nlisten = "127.0.0.1:${port}"\n`);
  service = spawn(program, ['run'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  service.stderr.on('data', text => { log += text; });
  for (let n = 0; ; n++) {
    try { if ((await fetch(`${base}/healthz`)).ok) break; } catch { /* not yet */ }
    assert.ok(service.exitCode === null && n < 600, log);
    await new Promise(done => setTimeout(done, 100));
  }
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  await journey();
  await subscription();
  await accessible();
  await valid();
} finally {
  await browser?.close();
  service?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`   ${Object.keys(PAGES).length} types of page, both languages, both colour schemes: no fault; pictures in ${out}`);

// What a citizen and a journalist do.
async function journey() {
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: 'it-IT' })).newPage();
  const elsewhere = [];
  page.on('request', request => { if (!request.url().startsWith(`${base}/`)) elsewhere.push(request.url()); });
  page.on('console', message => { if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`); });
  await page.goto(`${base}/`);
  await page.getByRole('searchbox').fill('anagrafe');
  await page.getByRole('button', { name: 'Cerca' }).click();
  await page.getByRole('link', { name: 'Anagrafe', exact: true }).first().click();
  assert.match(page.url(), /\/enti\/comune-altolago\/anagrafe$/);
  await assert.doesNotReject(page.getByRole('img', { name: /^Settimana/ }).waitFor());
  const week = await page.locator('table.days').innerText();
  assert.equal(await page.locator('table.days tr').count(), 7, week);
  assert.match(week, /8:30–12:30 e 15:00–17:30/);
  assert.equal(await page.getByRole('link', { name: '0583 555010' }).getAttribute('href'), 'tel:+390583555010');
  await page.getByRole('link', { name: /Anagrafe di Altolago: chiusura lunedì 9 marzo/ }).click();
  await page.getByText('Dove sta scritto').first().waitFor();
  const proof = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Scarica la prova (ZIP)' }).click();
  const bytes = readFileSync(await (await proof).path());
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  // the archived page shows in its frame, and has no power
  await page.locator('details.copy summary').first().click();
  const frame = page.frameLocator('details.copy[open] iframe').first();
  await frame.locator('body').waitFor();
  assert.ok((await frame.locator('body').innerText()).length > 20);
  await page.getByRole('link', { name: 'English' }).click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByText('Download the proof').waitFor();
  // by keyboard alone: the first stop leads past the navigation
  await page.goto(`${base}/it/`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'contenuto');
  assert.deepEqual(elsewhere, [], 'requests to other sites');
}

// A subscriber's whole way: asking, consenting, changing, leaving, coming back. The pages behind signed links join those that are looked at.
async function subscription() {
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: 'it-IT' })).newPage();
  page.on('console', message => { if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`); });
  await page.goto(`${base}/iscriviti`);
  await page.getByLabel('Comune o altro ente').fill('Altolago');
  await page.locator('#email').fill('eva@example.org');
  await page.getByLabel('un riepilogo al giorno').check();
  await page.getByRole('button', { name: 'Iscriviti', exact: true }).click();
  const confirm = await linkOfMail('/conferma/');
  await page.goto(confirm);
  await page.getByText('e…@example.org').first().waitFor(); // who opens the link of another learns no address
  PAGES.confirm = inside(confirm);
  await page.getByRole('button', { name: 'Conferma l’iscrizione' }).click();
  await page.getByRole('heading', { name: 'Iscrizione confermata' }).waitFor();
  await page.locator('main a[href*="/iscrizione/"]').click();
  await page.getByText('eva@example.org').first().waitFor();
  PAGES.manage = inside(page.url());
  await page.locator('select[name="frequenza"]').selectOption('weekly');
  await page.getByRole('button', { name: 'Cambia', exact: true }).click();
  await page.waitForURL(/fatto$/);
  assert.equal(await page.locator('select[name="frequenza"]').inputValue(), 'weekly', 'what was changed is kept');
  await page.getByRole('button', { name: 'Annulla tutte le iscrizioni' }).click();
  await page.getByRole('button', { name: 'Iscrivimi di nuovo con ciò che avevo scelto' }).click();
  await page.getByRole('button', { name: 'Annulla tutte le iscrizioni' }).waitFor();
  assert.equal(await page.locator('select[name="frequenza"]').inputValue(), 'weekly', 'and is there again after coming back');
  // the short way out, which stands in every alert
  const leave = await linkOfMail('/disiscrizione/');
  await page.goto(leave);
  await page.getByRole('button', { name: 'Annulla l’iscrizione' }).click();
  await page.getByRole('heading', { name: 'Iscrizione annullata' }).waitFor();
  await page.getByRole('button', { name: /È stato un errore/ }).click();
  await page.getByRole('button', { name: 'Annulla l’iscrizione' }).waitFor();
  PAGES.leave = inside(leave);
}

// A path without the language that it begins with.
function inside(url) {
  return new URL(url).pathname.replace(/^\/(it|en)(?=\/)/, '');
}

// The link of this kind in a mail that has come into the outbox, or comes soon.
async function linkOfMail(kind) {
  const outbox = join(folder, 'outbox');
  for (let n = 0; n < 600; n++) {
    for (const name of readdirSync(outbox).filter(name => name.endsWith('.eml'))) {
      const text = readFileSync(join(outbox, name), 'utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '=');
      // mails that the demo wrote name the address that it would have had
      const link = text.match(new RegExp(`http://127\\.0\\.0\\.1:\\d+(\\S*${kind}[\\w.~-]+)`));
      if (link) return base + link[1];
    }
    await new Promise(done => setTimeout(done, 100));
  }
  throw new Error(`no mail with a link to ${kind}`);
}

async function accessible() {
  for (const language of ['it', 'en']) for (const colorScheme of ['light', 'dark']) {
    const width = colorScheme === 'light' ? 1200 : 320;
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(`${base}/${language}${path}`);
      const where = `${language} ${colorScheme} ${width} ${name}`;
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) problems.push(`${where}: ${over} pixels too wide`);
      await page.screenshot({ path: join(out, `${name}-${language}-${colorScheme}-${width}.png`), fullPage: true });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
      for (const violation of violations) problems.push(`${where}: ${violation.id}: ${violation.nodes[0].html.slice(0, 160)}`);
    }
    await context.close();
  }
}

// All pages at once through the validator of the W3C.
async function valid() {
  const files = [];
  for (const language of ['it', 'en']) for (const [name, path] of Object.entries(PAGES)) {
    const file = join(out, `${name}-${language}.html`);
    writeFileSync(file, await (await fetch(`${base}/${language}${path}`)).text());
    files.push(file);
  }
  const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
  const checked = spawnSync('java', ['-jar', jar, '--format', 'gnu', ...files], { encoding: 'utf8' });
  assert.equal(checked.error, undefined, 'java is missing');
  problems.push(...checked.stderr.split('\n').filter(line => line.trim()));
}
