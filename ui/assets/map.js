// Draws the list inside #map on a map, on the city's base map if it has one: a public map of China
// needs an approved one. Without script the list itself is shown.
window.addEventListener('load', function () {
  var box = document.getElementById('map');
  if (!box || !window.L) return;
  var items = Array.from(box.querySelectorAll('a[data-lon]')).map(function (a) {
    return { lat: +a.dataset.lat, lon: +a.dataset.lon, text: a.textContent, href: a.href };
  });
  box.textContent = '';
  var map = L.map(box, { attributionControl: false });
  var shown = items.map(function (i) { return [i.lat, i.lon]; });
  if (shown.length) map.fitBounds(shown, { padding: [30, 30], maxZoom: 14, animate: false });
  else map.setView([+box.dataset.lat, +box.dataset.lon], 11);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { referrerPolicy: 'origin' }).addTo(map);
  items.forEach(function (i) {
    var label = document.createElement('a');
    label.href = i.href;
    label.textContent = i.text;
    L.circleMarker([i.lat, i.lon], { radius: 12, color: '#07803e', fillOpacity: 0.5 }).addTo(map).bindPopup(label);
  });
});
