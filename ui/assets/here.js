// Fills a form's position when it is sent, where the worker has agreed (data-here="send"). Without
// it the form is sent as it is: the code at the place, or the supervisor, does as well.
document.querySelectorAll('form[data-here="send"]').forEach(function (form) {
  form.addEventListener('submit', function (event) {
    var lon = form.elements.lon_e6;
    if (!navigator.geolocation || !lon || lon.value || form.elements.token.value) return;
    event.preventDefault();
    var go = function () { form.submit(); };
    navigator.geolocation.getCurrentPosition(function (at) {
      lon.value = Math.round(at.coords.longitude * 1e6);
      form.elements.lat_e6.value = Math.round(at.coords.latitude * 1e6);
      form.elements.accuracy_m.value = Math.ceil(at.coords.accuracy);
      go();
    }, go, { enableHighAccuracy: true, timeout: 8000, maximumAge: 0 });
  });
});

// Adds "near me" to the search, where the browser can tell.
document.querySelectorAll('form[data-near]').forEach(function (form) {
  if (!navigator.geolocation) return;
  var button = document.createElement('button');
  button.type = 'button';
  button.textContent = form.dataset.near;
  button.addEventListener('click', function () {
    navigator.geolocation.getCurrentPosition(function (at) {
      var q = new URLSearchParams(new FormData(form));
      q.delete('region');
      q.set('lon_e6', Math.round(at.coords.longitude * 1e6));
      q.set('lat_e6', Math.round(at.coords.latitude * 1e6));
      q.set('order', 'near');
      location.search = q;
    });
  });
  form.append(button);
});

// Adds "where I am now" to a list of places that somebody could be at.
document.querySelectorAll('form[data-point]').forEach(function (form) {
  var list = form.elements[form.dataset.point];
  if (!navigator.geolocation || !list) return;
  var here = new Option(form.dataset.name, '');
  list.addEventListener('change', function () {
    form.elements.lon_e6.value = form.elements.lat_e6.value = '';
    if (list.selectedOptions[0] !== here) return;
    navigator.geolocation.getCurrentPosition(function (at) {
      form.elements.lon_e6.value = Math.round(at.coords.longitude * 1e6);
      form.elements.lat_e6.value = Math.round(at.coords.latitude * 1e6);
      here.value = form.elements.lon_e6.value + ',' + form.elements.lat_e6.value;
    }, function () { list.selectedIndex = 0; }, { timeout: 8000 });
  });
  list.append(here);
});
