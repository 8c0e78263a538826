// The cockpit's charts and its moving sum. Everything drawn is read from the tables of the page, so
// what a reader of the screen hears and what the wall shows are the same numbers.
(function () {
  'use strict';
  var body = document.body;
  var wall = body.classList.contains('wl-screen');
  var calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  var charts = {};

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue('--gy-' + name).trim(); }
  function number(cell) { return cell && cell.dataset.n !== undefined ? +cell.dataset.n : null; }
  function grouped(n, places) { return n.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places }); }

  // --- money, live ---
  var badge = document.querySelector('.wl-live');
  var sum = document.querySelector('[data-now="fen"]');
  var lines = document.querySelector('[data-now="lines"]');
  var running = 0;

  function count(to) {
    var from = +sum.dataset.n;
    sum.dataset.n = to;
    cancelAnimationFrame(running);
    if (calm || to < from) { sum.textContent = grouped(to / 100, 2); return; }
    var start = performance.now();
    (function frame(at) {
      var part = Math.min(1, (at - start) / 900);
      sum.textContent = grouped((from + (to - from) * (1 - Math.pow(1 - part, 3))) / 100, 2);
      if (part < 1) running = requestAnimationFrame(frame);
    })(start);
  }
  function say(alive) {
    badge.hidden = false;
    badge.classList.toggle('wl-lost', !alive);
    badge.textContent = alive ? badge.dataset.sayLive : badge.dataset.sayLost;
  }
  if (sum && window.EventSource) {
    var stream = new EventSource(body.dataset.live);
    stream.onmessage = function (event) {
      say(true);
      JSON.parse(event.data).figures.forEach(function (f) {
        if (f.part === 'fen') count(f.num);
        if (f.part === 'lines') lines.textContent = f.value;
      });
    };
    stream.onerror = function () { say(false); };
    addEventListener('pagehide', function () { stream.close(); });
  }

  // --- days ---
  function days() {
    var table = document.querySelector('table[data-days]');
    if (!table || !window.echarts) return;
    var rows = Array.from(table.tBodies[0].rows);
    if (!rows.length) return;
    var heads = Array.from(table.tHead.rows[0].cells).map(function (c) { return c.textContent.trim(); });
    var soft = colour('ink-soft'), line = colour('line');
    function column(n, by) {
      return rows.map(function (r) { var v = number(r.cells[n]); return v === null ? null : v / (by || 1); });
    }
    function curve(n, c) {
      return { name: heads[n], type: 'line', smooth: 0.3, symbol: 'circle', symbolSize: 6, data: column(n),
        lineStyle: { width: 2.5, color: colour(c) }, itemStyle: { color: colour(c) } };
    }
    var box = place('days', table.closest('.wl-scroll'));
    charts.days.setOption({
      animation: !calm, textStyle: { fontFamily: getComputedStyle(body).fontFamily },
      grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, valueFormatter: function (v) { return v === null ? '' : grouped(v, 0); } },
      xAxis: { type: 'category', data: rows.map(function (r) { return r.cells[0].textContent.trim(); }),
        axisLabel: { color: soft, fontSize: 13 }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } },
      yAxis: [
        { type: 'value', axisLabel: { color: soft, fontSize: 13 }, splitLine: { lineStyle: { color: line } } },
        { type: 'value', axisLabel: { color: soft, fontSize: 13, formatter: function (v) { return v >= 10000 ? v / 10000 + (document.documentElement.lang === 'en' ? '0k' : '万') : v; } }, splitLine: { show: false } }
      ],
      series: [
        { name: heads[4], type: 'bar', yAxisIndex: 1, data: column(4, 100), barMaxWidth: 22,
          itemStyle: { color: colour('chart-3'), opacity: 0.45, borderRadius: [4, 4, 0, 0] } },
        curve(1, 'chart-1'), curve(2, 'chart-2'), curve(3, 'chart-4')
      ]
    });
    legend(box, [[heads[1], 'chart-1'], [heads[2], 'chart-2'], [heads[3], 'chart-4'], [heads[4], 'chart-3']]);
  }

  function legend(box, entries) {
    var old = box.parentNode.querySelector('.wl-legend');
    if (old) old.remove();
    var list = document.createElement('p');
    list.className = 'wl-note wl-legend';
    list.setAttribute('aria-hidden', 'true');
    entries.forEach(function (e) {
      var item = document.createElement('span'), dot = document.createElement('i');
      dot.style.background = colour(e[1]);
      item.append(dot, e[0]);
      list.append(item);
    });
    box.before(list);
  }

  // follow gives a chart the size that its box gets.
  function follow(box, name) {
    if (window.ResizeObserver) new ResizeObserver(function () { if (charts[name] && box.isConnected) charts[name].resize(); }).observe(box);
  }

  // place puts a chart where a table was, which stays for readers of the screen.
  function place(name, instead) {
    instead.classList.replace('wl-scroll', 'gy-hide');
    instead.removeAttribute('tabindex');
    var box = document.createElement('div');
    box.className = 'wl-chart';
    box.setAttribute('aria-hidden', 'true');
    instead.after(box);
    if (charts[name]) charts[name].dispose();
    charts[name] = echarts.init(box);
    follow(box, name);
    return box;
  }

  // --- the map of the wall ---
  var geo = null, span = [1, 1], tour = 0, shown = -1;
  function map() {
    var box = document.querySelector('[data-mapbox]');
    var table = document.querySelector('table[data-districts]');
    if (!wall || !geo || !box || !table || !window.echarts) return;
    var heads = Array.from(table.tHead.rows[0].cells).map(function (c) { return c.textContent.trim(); });
    var soft = colour('ink-soft'), byKey = {};
    Array.from(table.tBodies[0].rows).forEach(function (r) { byKey[r.dataset.key] = r; });
    var data = geo.features.map(function (f) {
      var r = byKey[f.properties.code];
      return { name: f.properties.name, code: f.properties.code, value: r ? number(r.cells[2]) || 0 : 0, row: r };
    });
    var most = Math.max.apply(null, data.map(function (d) { return d.value; }).concat([1]));
    var busy = data.filter(function (d) { return d.value > 0; }).sort(function (a, b) { return b.value - a.value; });
    if (!charts.map) {
      box.textContent = '';
      var canvas = document.createElement('div');
      canvas.className = 'wl-chart';
      canvas.style.cssText = 'width:100%;height:100%;min-height:420px';
      canvas.setAttribute('aria-hidden', 'true');
      box.append(canvas);
      echarts.registerMap('city', geo);
      charts.map = echarts.init(canvas);
      follow(canvas, 'map');
      charts.map.on('click', function (p) {
        if (p.data && p.data.code) location.href = document.querySelector('a[href*="/cockpit/districts"], tr[data-key] a').href.replace(/districts.*/, 'districts/' + p.data.code);
      });
    }
    var tight = geo.circles ? [] : geo.features.filter(function (f) {
      var lo = [180, 90], hi = [-180, -90];
      (function walk(c) { if (typeof c[0] === 'number') { for (var i = 0; i < 2; i++) { lo[i] = Math.min(lo[i], c[i]); hi[i] = Math.max(hi[i], c[i]); } } else c.forEach(walk); })(f.geometry.coordinates);
      return hi[0] - lo[0] < span[0] / 18 || hi[1] - lo[1] < span[1] / 26;
    }).map(function (f) { return { name: f.properties.name, label: { show: false } }; });
    var wide = box.clientWidth > 480, centers = {}; // on a phone names lie upon each other
    geo.features.forEach(function (f) { centers[f.properties.code] = f.properties.center; });
    charts.map.setOption({
      animation: !calm, textStyle: { fontFamily: getComputedStyle(body).fontFamily },
      tooltip: { renderMode: 'richText', confine: true, position: [10, 10], backgroundColor: '#06182f', borderColor: colour('brand'), padding: [10, 14],
        textStyle: { color: colour('ink'), fontSize: 18, lineHeight: 28 },
        formatter: function (p) {
          var r = p.data && p.data.row;
          if (!r) return p.name + '\n' + heads[2] + '  0';
          return p.name + '\n' + [1, 2, 3, 4, 5, 7].map(function (n) { return heads[n] + '  ' + r.cells[n].textContent.trim(); }).join('\n');
        } },
      visualMap: { show: wide, type: 'continuous', min: 0, max: most, seriesIndex: 0, left: 8, bottom: 8, itemWidth: 14, itemHeight: 120, calculable: false, text: [String(most), '0'], textStyle: { color: soft, fontSize: 13 },
        inRange: { color: ['map-0', 'map-1', 'map-2', 'map-3', 'map-4', 'map-5'].map(colour) } },
      geo: { map: 'city', roam: false, layoutCenter: ['50%', '50%'], layoutSize: '100%', aspectScale: 0.87, regions: tight,
        label: { show: wide, color: colour('ink'), fontSize: 12, opacity: 0.85,
          formatter: function (p) { return p.name.replace(/(土家族|苗族).*$/, '').replace(/(.{2,})(自治县|[区县市])$/, '$1'); } },
        itemStyle: { areaColor: colour('map-0'), borderColor: '#4d7fb3', borderWidth: 0.8 },
        emphasis: { label: { color: '#fff' }, itemStyle: { areaColor: '#f0b429' } } },
      series: [
        { type: 'map', geoIndex: 0, data: data },
        { type: 'effectScatter', coordinateSystem: 'geo', silent: true, showEffectOn: calm ? 'emphasis' : 'render', rippleEffect: { scale: 3.2, brushType: 'stroke' },
          symbolSize: function (v) { return 5 + 9 * Math.sqrt(v[2] / most); }, symbolOffset: [0, 13], itemStyle: { color: colour('gold') },
          data: busy.slice(0, 8).map(function (d) { return { name: d.name, value: centers[d.code].concat(d.value) }; }) }
      ]
    });
    clearInterval(tour);
    if (!calm && busy.length) tour = setInterval(function () {
      var next = busy[(shown = (shown + 1) % Math.min(10, busy.length))];
      charts.map.dispatchAction({ type: 'downplay', seriesIndex: 0 });
      charts.map.dispatchAction({ type: 'highlight', seriesIndex: 0, name: next.name });
      charts.map.dispatchAction({ type: 'showTip', seriesIndex: 0, name: next.name });
    }, 5000);
  }

  // --- the page again, every half minute, without losing the place ---
  function fresh() {
    if (document.hidden) return;
    fetch(location.href, { credentials: 'same-origin' }).then(function (r) { return r.ok ? r.text() : ''; }).then(function (text) {
      if (!text) return;
      var next = new DOMParser().parseFromString(text, 'text/html');
      var held = document.activeElement && document.activeElement.closest('[data-fresh]');
      document.querySelectorAll('[data-fresh]').forEach(function (old) {
        var now = next.querySelector('[data-fresh="' + old.dataset.fresh + '"]');
        if (now && old !== held) old.replaceWith(document.importNode(now, true));
      });
      draw();
    }).catch(function () { /* the next turn asks again */ });
  }

  function draw() { days(); map(); }
  draw();
  if (wall) fetch(body.dataset.map).then(function (r) { return r.ok ? r.json() : null; }).then(function (g) {
    if (!g) return;
    var all = [180, 90, -180, -90];
    g.features.forEach(function walk(f) { (function deep(c) { if (typeof c[0] === 'number') { all = [Math.min(all[0], c[0]), Math.min(all[1], c[1]), Math.max(all[2], c[0]), Math.max(all[3], c[1])]; } else c.forEach(deep); })(f.geometry.coordinates); });
    geo = g; span = [all[2] - all[0], all[3] - all[1]]; map();
  }).catch(function () { /* the drawing stays */ });
  setInterval(fresh, 30000);
})();
