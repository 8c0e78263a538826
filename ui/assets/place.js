// Helps to say where a place is: "where I am now", and a tap on the map, fill the two boxes. Without
// script they are typed, or taken from a place that is known.
window.addEventListener('load', function () {
  var box = document.getElementById('gy-places');
  var form = box && box.closest('.container-xl').querySelector('form[action$="/e/places"]');
  if (!form) return;
  function set(lat, lon, datum) {
    form.elements.datum.value = datum;
    form.elements.lat_e6.value = lat.toFixed(6);
    form.elements.lon_e6.value = lon.toFixed(6);
  }
  if (navigator.geolocation) {
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn mb-2';
    button.textContent = box.dataset.here;
    button.addEventListener('click', function () {
      navigator.geolocation.getCurrentPosition(function (at) {
        set(at.coords.latitude, at.coords.longitude, 'wgs84');
      }, function () {}, { enableHighAccuracy: true, timeout: 8000 });
    });
    box.before(button);
  }
  var known = Array.from(box.querySelectorAll('[data-lon]')).map(function (p) {
    return { at: [+p.dataset.lat, +p.dataset.lon], name: p.textContent };
  });
  if (!window.L || !known.length) return;
  box.textContent = '';
  box.classList.add('gy-map');
  var map = L.map(box, { attributionControl: false }), pin = null;
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { referrerPolicy: 'origin' }).addTo(map);
  known.forEach(function (p) {
    L.circleMarker(p.at, { radius: 8, color: '#07803e' }).addTo(map).bindTooltip(p.name,
      { permanent: known.length < 12 });
  });
  map.fitBounds(known.map(function (p) { return p.at; }), { padding: [30, 30], maxZoom: 15 });
  map.on('click', function (e) {
    set(e.latlng.lat, e.latlng.lng, box.dataset.datum);
    if (pin) pin.remove();
    pin = L.circleMarker(e.latlng, { radius: 10, color: '#b3261e' }).addTo(map);
  });
});
