// Asks what a form would be answered (data-live is where), a moment after somebody stops typing, and
// shows it above the form. Without script the form's second button asks.
document.querySelectorAll('form[data-live]').forEach(function (form) {
  var box = document.createElement('div'), timer, last = 0;
  box.setAttribute('aria-live', 'polite');
  form.before(box);
  form.addEventListener('input', function () {
    clearTimeout(timer);
    timer = setTimeout(function () {
      var turn = ++last, data = new URLSearchParams(new FormData(form));
      data.set('idempotency_key', 'live-' + crypto.getRandomValues(new Uint32Array(4)).join('-'));
      fetch(form.dataset.live, { method: 'POST', body: data }).then(function (answer) {
        return answer.ok ? answer.text() : '';
      }).then(function (html) {
        if (turn === last) box.innerHTML = html;
      }).catch(function () {});
    }, 700);
  });
});
