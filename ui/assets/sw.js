// What a phone keeps for when there is no network. The server writes a constant before this:
// CITY = {base, digest, assets, offline, kept: {lang: sentence with {at}}}.
//
// A page always comes from the network when there is one. Kept are only pages that the server marks
// with Gongyi-Keep and the digest of whose they are: the schedule, a shift taken, the card. Without
// network such a page is shown with the time from which it is; any other is the offline page, and a
// form that could not be sent says so. Another owner, a log-out or the log-in page empties it all.
const FILES = 'gongyi-files-' + CITY.digest;
const MINE = 'gongyi-mine' + CITY.base;
const KEPT_DAYS_MAX = 7;
const KEPT_MAX = 20;
const at = (path) => CITY.base + path;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(FILES)
    .then((files) => files.addAll(CITY.assets.concat(CITY.offline)))
    .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names
      .filter((name) => name.startsWith('gongyi-files-') && name !== FILES)
      .map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin || !url.pathname.startsWith(at('/'))) return;
  if (event.request.mode === 'navigate') {
    event.respondWith(visit(event.request, url));
  } else if (url.pathname.startsWith(at('/assets/'))) {
    event.respondWith(caches.match(event.request, { ignoreVary: true })
      .then((kept) => kept || fetch(event.request)));
  }
});

async function visit(request, url) {
  const out = request.method === 'POST' && url.pathname === at('/logout');
  if (out) await caches.delete(MINE); // whether it arrives or not
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    return withoutNetwork(request, url);
  }
  if (new URL(answer.url || request.url).pathname === at('/login')) await caches.delete(MINE);
  const owner = answer.headers.get('Gongyi-Keep');
  if (owner && answer.ok && request.method === 'GET') await keep(owner, url, answer.clone());
  return answer;
}

// keep stores a page with whose it is and when it came; what is another's goes first.
async function keep(owner, url, answer) {
  let mine = await caches.open(MINE);
  const names = await mine.keys();
  const one = names.length && await mine.match(names[0], { ignoreVary: true });
  if (one && one.headers.get('Gongyi-Keep') !== owner) {
    await caches.delete(MINE);
    mine = await caches.open(MINE);
  } else if (names.length >= KEPT_MAX) {
    await mine.delete(names[0], { ignoreVary: true });
  }
  const text = await answer.text();
  await mine.put(url.origin + url.pathname, new Response(text, { headers: {
    'Content-Type': 'text/html; charset=utf-8', 'Gongyi-Keep': owner,
    'Gongyi-Kept-At': String(Date.now()),
    'Content-Security-Policy': answer.headers.get('Content-Security-Policy') || "default-src 'self'" } }));
}

async function withoutNetwork(request, url) {
  const kept = request.method === 'GET' && await (await caches.open(MINE))
    .match(url.origin + url.pathname, { ignoreVary: true });
  const since = kept ? Number(kept.headers.get('Gongyi-Kept-At')) : 0;
  if (!kept || Date.now() - since > KEPT_DAYS_MAX * 86400000) {
    return caches.match(CITY.offline, { ignoreVary: true });
  }
  const text = await kept.text();
  const lang = /<html[^>]* lang="en"/.test(text) ? 'en' : 'zh-CN';
  const when = new Date(since).toLocaleString(lang, { month: 'numeric', day: 'numeric',
    hour: '2-digit', minute: '2-digit', hour12: false });
  const note = '<p class="gy-note" role="status">' + CITY.kept[lang].replace('{at}', when) + '</p>';
  return new Response(text.replace(/<body[^>]*>/, (body) => body + note), { headers: kept.headers });
}
